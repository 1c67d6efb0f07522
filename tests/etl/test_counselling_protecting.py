"""What was published before is kept in mind when a body's newest figures are protected, whatever changed since."""

from __future__ import annotations

import dataclasses

import numpy as np
import polars as pl
import pytest

from etl.catalogue import Catalogue
from etl.counselling.private import editions, private_files
from etl.counselling.protecting import protect
from etl.counselling_entries import CONTENT_DIMS, Office, Provider
from etl.entries import Text
from etl.errors import StoreError
from etl.settings import Settings
from tests.etl.attacker import narrowed
from tests.etl.counselling_files import BODIES, CATALOGUE, KINDS, imported, published, rows
from tests.etl.random_counselling import published as published_of
from tests.etl.random_counselling import random_table, rule_of

BODY = BODIES["welcome-center"]
ONE_OFFICE = BODY.model_copy(update={"offices": BODY.offices[:1]})
SCHEMA = {"period": pl.String, "office": pl.String, **dict.fromkeys(CONTENT_DIMS, pl.String), "count": pl.Int64}
SECRET = None


def form(*found: tuple[str, str, str, int], office: str = "braunschweig") -> pl.DataFrame:
    """Rows of a form: period, kind, topic, count."""
    lines = [(p, office, kind, "student", "IN", topic, "phone", n) for p, kind, topic, n in found]
    return pl.DataFrame(lines, SCHEMA, orient="row")


def months(periods: str, *counts: int) -> list[tuple[str, str, str, int]]:
    return [(p, kind, "housing", n) for p in periods.split() for kind, n in zip(KINDS, counts, strict=True)]


def with_changes(provider: Provider, **changes) -> tuple[Catalogue, Provider]:
    """The catalogue with something else in counselling.yaml, and with the provider."""
    counselling = CATALOGUE.counselling.model_copy(update={"providers": (provider,), **changes})
    return dataclasses.replace(CATALOGUE, counselling=counselling), provider


def shown(cells: pl.DataFrame, period: str, part: str = "", region: str = "03101") -> int | None:
    """The published figure of a period, None for a secret one. Fails if there is none."""
    breakdown = (
        f"{part};provider=welcome_center" if part.split("=")[0] < "provider" else f"provider=welcome_center;{part}"
    )
    breakdown = breakdown.strip(";")
    (found,) = cells.filter(period=period, region=region, breakdown=breakdown)["value"]
    return found


def successive(*files: pl.DataFrame, provider: Provider = ONE_OFFICE, catalogue: Catalogue = CATALOGUE):
    """What is published after each of the files."""
    every, cells = editions(files), list[pl.DataFrame]()
    for n in range(len(files)):
        cells.append(protect(every[: n + 1], cells, catalogue, provider).cells)
    return cells


@pytest.mark.parametrize(("kind", "left"), [("follow_up", 2), ("intensive", 0), ("first_contact", 30)])
def test_a_quarter_after_two_of_its_months_does_not_tell_the_third(kind, left):
    quarter = form(*months("2025-Q1", 110, 60, 42))  # less two months of 40, 30 and 20: 30, 0 and 2
    before, after = successive(form(*months("2025-01 2025-02", 40, 30, 20)), quarter)
    assert [shown(before, m, f"kind={kind}") for m in ("2025-01", "2025-02")] != [SECRET, SECRET]
    total, parts = shown(after, "2025-Q1"), [shown(after, "2025-Q1", f"kind={k}") for k in KINDS]
    assert total == 212
    if left == 2:
        assert shown(after, "2025-Q1", f"kind={kind}") is SECRET
        assert parts.count(SECRET) >= 2


def test_months_after_their_quarter_do_not_tell_the_third():
    quarter = form(*months("2025-Q1", 120, 90, 42))
    before, after = successive(quarter, form(*months("2025-01 2025-02", 40, 30, 20)))
    assert shown(before, "2025-Q1", "kind=follow_up") == 42
    of_months = [shown(after, m, "kind=follow_up") for m in ("2025-01", "2025-02")]
    assert SECRET in of_months, "42 less the two would be 2"


def test_months_that_leave_enough_of_their_quarter_are_published():
    _, after = successive(form(*months("2025-Q1", 120, 90, 60)), form(*months("2025-01 2025-02", 40, 30, 20)))
    assert [shown(after, m, "kind=follow_up") for m in ("2025-01", "2025-02")] == [20, 20]


def test_a_quarter_below_its_months_of_before_was_revised_and_is_published():
    _, after = successive(form(*months("2025-01 2025-02", 40, 30, 20)), form(*months("2025-Q1", 110, 60, 38)))
    assert [shown(after, "2025-Q1", f"kind={k}") for k in KINDS] == [110, 60, 38]


def test_what_the_catalogue_no_longer_publishes_is_not_forgotten():
    """Of 12 contacts 10 are of a published topic, so the secret kind is 5 at least: a total of 7 would bound it."""
    first = form(
        ("2025-Q1", "intensive", "language", 2), ("2025-Q1", "intensive", "housing", 5),
        ("2025-Q1", "follow_up", "housing", 5),
    )  # fmt: skip
    second = form(("2025-Q1", "intensive", "language", 2), ("2025-Q1", "intensive", "housing", 5))
    was = protect([first], [], CATALOGUE, ONE_OFFICE, secondary=False).cells
    total, part = "provider=welcome_center", pl.col("breakdown")
    open_ = part.is_in([f"kind=follow_up;{total}", f"{total};topic=housing"])
    whole = pl.col("value") == 12  # all of one group, origin and channel
    hidden = ~open_ & (
        whole | part.is_in([total, f"kind=intensive;{total}", f"{total};topic=language"]) | pl.col("secret")
    )
    was = was.with_columns(hidden.alias("secret"), pl.when(~hidden).then("value"))
    narrower = CATALOGUE.counselling.published.model_copy(update={"year": ("kind",), "quarter": ("kind",)})
    for changes, told in (({}, SECRET), ({"published": narrower}, SECRET)):
        catalogue, provider = with_changes(ONE_OFFICE, **changes)
        now = protect([first, second], [was], catalogue, provider).cells
        assert shown(now, "2025-Q1") is told


def test_figures_of_before_an_office_was_opened_are_still_known():
    before = pl.concat([form(*months("2025-Q1", 40, 30, 3), office=o.id) for o in BODY.offices])
    was = protect([before], [], CATALOGUE, BODY).cells
    third = Office(id="gifhorn", name=Text(de="Gifhorn", en="Gifhorn"), region="03151")
    catalogue, provider = with_changes(BODY.model_copy(update={"offices": (*BODY.offices, third)}))
    every = editions([before, form(*months("2025-Q1", 40, 30, 9), office="gifhorn")])
    now = protect(every, [was], catalogue, provider).cells
    together = [shown(was, "2025-Q1", f"kind={k}", "BSR") for k in KINDS]
    assert 146 in (shown(was, "2025-Q1", "", "BSR"), sum(k or 0 for k in together))
    assert now.filter(region="BSR").height == was.filter(region="BSR").height


def test_a_country_that_moved_to_another_region_of_origin_is_noticed():
    rows_ = form(*months("2025-Q1", 40, 30, 20))
    was = protect([rows_], [], CATALOGUE, ONE_OFFICE).cells
    moved = tuple(
        g.model_copy(update={"countries": tuple({*g.countries, "IN"} if g.id == "eu" else {*g.countries} - {"IN"})})
        for g in CATALOGUE.counselling.origins
    )
    catalogue, provider = with_changes(ONE_OFFICE, origins=moved)
    with pytest.raises(StoreError, match="put them back there, or purge"):
        protect([rows_, rows_], [was], catalogue, provider)


@pytest.mark.parametrize(("before", "after"), [(5, 10), (3, 10), (10, 3)])
def test_another_threshold_does_not_close_the_year(before, after):
    first = form(*months("2025-01", 40, 4, 4))  # the two small ones make up 8: enough for 5, too little for 10
    second = form(*months("2025-03", 40, 12, 2))
    every = editions([first, second])
    provider = ONE_OFFICE.model_copy(update={"threshold": before, "threshold_reason": "a test"})
    was = protect(every[:1], [], CATALOGUE, provider).cells
    provider = provider.model_copy(update={"threshold": after})
    now = protect(every, [was], CATALOGUE, provider)
    values = now.cells.filter(period="2025-03")["value"].drop_nulls()
    assert not values.is_between(1, after - 1).any()
    assert now.report.threshold == after


def test_the_same_file_under_another_catalogue_is_put_on_record_anew(tmp_path, monkeypatch):
    monkeypatch.setenv("ETL_DATA_DIR", str(tmp_path / "data"))
    settings = Settings(tmp_path / "data", {})
    fewer = CATALOGUE.counselling.published.model_copy(update={"quarter": ("kind",)})
    counselling = CATALOGUE.counselling.model_copy(update={"published": fewer})
    imported(settings, tmp_path, rows(), catalogue=dataclasses.replace(CATALOGUE, counselling=counselling))
    imported(settings, tmp_path, rows())
    files = private_files(settings)
    on_record = files.cells(files.entries("welcome-center")[-1])
    assert on_record.filter(pl.col("breakdown").str.contains("topic=")).height > 0
    assert on_record.height == published(settings).height


@pytest.mark.parametrize(("base", "told"), [(2, {6, 12}), (4, {8, 12}), (5, {5, 10}), (20, {20}), (None, {5, 11})])
def test_a_rounded_figure_never_looks_like_a_small_count_or_none(tmp_path, monkeypatch, base, told):
    monkeypatch.setenv("ETL_DATA_DIR", str(tmp_path / "data"))
    settings = Settings(tmp_path / "data", {})
    body = BODY.model_copy(update={"round_to": base})
    catalogue = dataclasses.replace(
        CATALOGUE,
        counselling=CATALOGUE.counselling.model_copy(
            update={"providers": (body, *(p for p in CATALOGUE.counselling.providers if p.id != body.id))}
        ),
    )
    found = [
        ("2025-01", o, k, n) for o in ("braunschweig", "wolfsburg") for k, n in zip(KINDS, (5, 11, 11), strict=True)
    ]
    imported(settings, tmp_path, found, catalogue=catalogue)
    kinds = published(settings).filter(pl.col("breakdown").cast(pl.String).str.starts_with("kind="), region="03101")
    counted = kinds.filter(pl.col("breakdown").cast(pl.String).str.contains_any(list(KINDS)))
    assert set(counted["value"]) == told


@pytest.mark.parametrize("what_is_found", ["nothing", "all at random"])
def test_a_solver_that_finds_nothing_or_nonsense_leaves_no_figure_unprotected(monkeypatch, what_is_found):
    def least_loss(table, candidates, conditions):
        secret = table.secret.copy()
        if what_is_found != "nothing":
            secret |= candidates & (np.random.default_rng(1).random(len(secret)) < 0.2)
        return secret

    monkeypatch.setattr("etl.disclosure._least_loss", least_loss)
    for case in (random_table(3), random_table(7)):
        frames, truth, _ = zip(*published_of(case), strict=True)
        assert not narrowed(frames, rule_of(case).threshold, truth), case.shape
