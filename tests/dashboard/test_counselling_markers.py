"""No small count of a counselling form reaches a reader: not as a word, in a table, in a drawing or in a file.

Every row of the form counts another prime of four digits, and the body's threshold lies above all of them. The form
goes through the project's own import; then the pages are searched for every count below the threshold.
"""

from __future__ import annotations

import dataclasses
import re
from collections.abc import Iterator
from itertools import product
from pathlib import Path
from typing import Any

import pytest
from google.protobuf import text_format

from dashboard.addresses import FileKind, chart_address
from dashboard.charting import made
from dashboard.choices import SERIES_CHARTS
from dashboard.counselling import LENGTHS, OFFICES, choose, lengths_of, page_params, read_page, splits_of, with_length
from dashboard.exports.files import view_file
from dashboard.metadata import Metadata
from dashboard.metadata_reading import read_metadata
from dashboard.queries import Selection, observations
from dashboard.store import current_store
from dashboard.view import View
from etl.counselling.importing import import_counselling
from etl.settings import Settings
from tests.dashboard.test_counselling_page import held, run
from tests.dashboard.test_pages import run as run_page
from tests.etl.counselling_files import BODIES, CATALOGUE, HEADER

THRESHOLD, LENIENT = 9_000, 3
YEAR = [f"2024-{month:02}" for month in range(1, 13)]
QUARTERS = {month: f"2024-Q{(n // 3) + 1}" for n, month in enumerate(YEAR)}
CODES = CATALOGUE.counselling.codes
SPLIT_CODES = ("group", "origin", "topic", "channel")
NUMBER = re.compile(r"(?<![\w#.,])\d[\d.,\u202f\u00a0]*")
BOUNDARY = re.compile(r"coordinates[^\[]{1,8}\[[\[\]\d,.\s-]*\]")  # of a map's districts: places, no counts


def primes() -> list[int]:
    """Of four digits, no year among them, all below the threshold."""
    return [n for n in range(3_000, THRESHOLD) if all(n % d for d in range(2, int(n**0.5) + 1))]


def marked_rows() -> list[tuple[str, ...]]:
    """A row for each month, office and kind; the codes of all other dimensions take turns."""
    places = list(product(YEAR, ("braunschweig", "wolfsburg"), CODES["kind"]))
    found = primes()
    step = len(found) // len(places)
    return [
        (*place, *(CODES[dim][(n * 7 + n // 5) % len(CODES[dim])] for dim in SPLIT_CODES), str(count))
        for n, (place, count) in enumerate(zip(places, found[::step], strict=False))
    ]


def small_counts() -> set[str]:
    """Every count below the threshold that the form has, or that adds up over its rows, in any period and split."""
    sums: dict[tuple[str, ...], int] = {}
    for month, office, *codes, count in marked_rows():
        split = [*zip(("kind", *SPLIT_CODES), codes, strict=True), ("", "")]
        for key in product((month, QUARTERS[month], "2024"), (office, ""), split):
            sums[str(key),] = sums.get((str(key),), 0) + int(count)
    return {str(n) for n in sums.values() if n < THRESHOLD}


def found_in(words: str, wanted: set[str]) -> set[str]:
    """The wanted counts that stand in a text, however written: ``3001``, ``3.001``, ``3,001`` or ``3001.0``."""
    tokens = [token.rstrip(".,") for token in NUMBER.findall(words)]
    whole = {re.sub(r"[.,]0+$", "", token) for token in tokens}
    return wanted & {re.sub(r"\D", "", form) for form in (*tokens, *whole)}


def imported(folder: Path, threshold: int) -> Path:
    """A data folder with the form's figures, published under a threshold."""
    form = folder / "form.csv"
    form.write_text("\n".join([HEADER, *(";".join((*row, "")) for row in marked_rows())]) + "\n", encoding="utf-8")
    body = BODIES["welcome-center"].model_copy(update={"threshold": threshold, "threshold_reason": "a test"})
    counselling = CATALOGUE.counselling.model_copy(update={"providers": (body, BODIES["demo"])})
    catalogue = dataclasses.replace(CATALOGUE, counselling=counselling)
    done = import_counselling(Settings(folder / "data", {}), catalogue, form, body)
    assert done.exit_code == 0, done
    return folder / "data"


@pytest.fixture(scope="module")
def protected(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return imported(tmp_path_factory.mktemp("protected"), THRESHOLD)


@pytest.fixture(scope="module")
def unprotected(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return imported(tmp_path_factory.mktemp("unprotected"), LENIENT)


@pytest.fixture()
def files(monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """What the pages offer as files, as they are linked."""
    taken: list[str] = []

    def keep(view: View, metadata: Metadata, kind: FileKind) -> str:
        drawn = made(current_store(), metadata, view, "light")
        for one in ("csv", "json"):
            taken.append(view_file(drawn, view, metadata, one).body.decode("utf-8-sig"))
        return chart_address(view, metadata, kind)

    monkeypatch.setattr("dashboard.parts.chart_address", keep)
    return taken


def links(chart: str) -> Iterator[dict[str, str]]:
    """Every split in every length of period in one form; regions take turns, and shares come on top."""
    metadata, scopes = held(current_store())
    first, _ = read_page({}, metadata, scopes)
    turn = SERIES_CHARTS.index(chart)
    for split in splits_of(scopes, "welcome_center"):
        for length in lengths_of(scopes, "welcome_center", split):
            view = with_length(choose(first, scopes, split=split), length, scopes)
            turn += 1
            region = {} if split == OFFICES else {"r": ("03101", "03103", "BSR")[turn % 3]}
            link = page_params(view, metadata, scopes) | region | {"chart": chart}
            yield link
            if split in CODES and length != LENGTHS[0]:
                yield link | {"r": ("03101", "03103")[turn % 2], "as_": "share"}


def shown(at: Any) -> str:
    """All that a page sends to the reader's browser: words, tables, widgets and the drawings with their data."""
    drawn = (node.proto for node in at._tree if getattr(node, "proto", None) is not None)
    words = "\n".join(text_format.MessageToString(proto, as_utf8=True) for proto in drawn)
    return BOUNDARY.sub("", words)


def test_the_search_finds_a_count_however_it_is_written():
    for said in ("3001", "3.001", "3,001", '{"v":3001.0}', "im Jahr 2024: 3.001.", "x 3001, y"):
        assert found_in(said, {"3001"}) == {"3001"}, said
    for said in ("13001", "#3001ff", "30010", "3.0012", "0.3001", "1732003001000"):
        assert found_in(said, {"3001"}) == set(), said


@pytest.mark.parametrize("chart", SERIES_CHARTS)
def test_no_small_count_is_on_the_page(chart: str, protected: Path, files: list[str], monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setenv("ETL_DATA_DIR", str(protected))
    small, seen, pages = small_counts(), "", 0
    for link in links(chart):
        seen += shown(run(**link))
        pages += 1
    assert pages > 12 and len(small) > 150 and files
    assert "geheim" in seen
    assert found_in(seen, small) == set()
    assert found_in("\n".join(files), small) == set()


@pytest.mark.parametrize("indicator", LENGTHS)
def test_no_small_count_is_among_the_time_series(
    indicator: str, protected: Path, files: list[str], monkeypatch: pytest.MonkeyPatch
):
    monkeypatch.setenv("ETL_DATA_DIR", str(protected))
    small, seen = small_counts(), ""
    kinds = ",".join(f"kind={kind};provider=welcome_center" for kind in CODES["kind"])
    forms = [("line", "number"), ("bar", "share"), ("table", "index"), ("small-multiples", "change")]
    forms += [("map", "number"), ("map", "share"), ("highlight", "number"), ("side-by-side", "number")]
    for chart, measure in forms:
        for region, breakdown in (("BSR,03101,03103", "provider=welcome_center"), ("03103", kinds)):
            link = {"i": indicator, "r": region, "b": breakdown, "chart": chart, "as_": measure}
            seen += shown(run_page("explore", **link))
    for other in LENGTHS:
        seen += shown(run_page("explore", i=f"{indicator},{other}", r="BSR,03101,03103", chart="scatter"))
    assert files and found_in(seen + "\n".join(files), small) == set()


def test_the_figures_that_are_published_are_seen(protected: Path, files: list[str], monkeypatch: pytest.MonkeyPatch):
    """The pages are not merely empty, and the search reads them."""
    monkeypatch.setenv("ETL_DATA_DIR", str(protected))
    figures = observations(current_store(), Selection(LENGTHS[:1])).filter(
        region="BSR", breakdown="provider=welcome_center"
    )
    (total,) = (str(int(value)) for value in figures["value"])
    assert found_in(shown(run(b="provider=welcome_center")), {total}) == {total}
    assert found_in("\n".join(files), {total}) == {total}
    assert read_metadata(current_store()).providers["welcome_center"].threshold == THRESHOLD


def test_without_protection_the_search_would_find_them(
    unprotected: Path, files: list[str], monkeypatch: pytest.MonkeyPatch
):
    monkeypatch.setenv("ETL_DATA_DIR", str(unprotected))
    small, seen = small_counts(), ""
    for region, split in product(("03101", "03103"), CODES):
        length = LENGTHS[2] if split == "kind" else LENGTHS[1]
        parts = (";".join(sorted((f"{split}={code}", "provider=welcome_center"))) for code in CODES[split])
        seen += shown(run(i=length, r=region, b=",".join(parts)))
    assert len(found_in(seen, small)) > len(small) / 2
    assert len(found_in("\n".join(files), small)) > len(small) / 2
