"""The matrix of moves between districts, in the layout that is assumed (no archive is recorded)."""

from __future__ import annotations

from collections import Counter
from datetime import UTC, date, datetime

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from etl.catalogue import load_catalogue
from etl.errors import ParseError
from etl.mapping import observations
from etl.sources import statistikportal
from etl.sources.base import Context, Reply, Tidy
from tests.etl.replies import reply
from tests.generators_workbook import Cell, as_matrix

CATALOGUE = load_catalogue()
OTHERS = ("03241", "03155", "09162", "16077")
AGES = ("unter 18 Jahre", "18 bis 24 Jahre")
MEASURES = ("zuzuege_ins_i", "fortzuege_ins_i", "saldo_ins_i", "saldo_deu_i", "saldo_aus_i", "saldo_deu_m")
PAIRS = [(d, o) for d in (*CATALOGUE.members, *OTHERS) for o in (*CATALOGUE.members, *OTHERS) if d != o]


def line(destination: str, origin: str, age: str, **values: Cell) -> dict[str, Cell]:
    figures: dict[str, Cell] = {m: values.get(m, 0) for m in MEASURES}
    keys: dict[str, Cell] = {"zielkreis_ags": destination.lstrip("0"), "herkunftskreis_ags": origin.lstrip("0")}
    return {"zielkreis": "a", "herkunftskreis": "b", **keys, "altersgruppe": age, **figures}


def matrix(**values: Cell) -> list[dict[str, Cell]]:
    return [line(d, o, age, **values) for d, o in PAIRS for age in AGES]


def stored(body: bytes, url: str = "https://x/2025-06/KWM_2024.zip") -> Reply:
    found = reply("statistikportal", "KWM", body)
    return Reply(found.source, found.table, found.name, url, body, found.retrieved_at, found.sha256)


def parse(rows: list[dict[str, Cell]]) -> Tidy:
    return statistikportal.parse(stored(as_matrix(rows)), CATALOGUE)


def figures(tidy: Tidy) -> dict[tuple[str, str], float | None]:
    """(region, breakdown) → value of the indicator."""
    indicator, source = CATALOGUE.indicators["internal_migration"], CATALOGUE.sources["statistikportal"]
    now = datetime(2026, 11, 22, tzinfo=UTC)
    frames = [observations(tidy, indicator, s, source, now) for s in indicator.series]
    return {(r, b): v for f in frames for r, b, v in f.select("region", "breakdown", "value").iter_rows()}


@given(st.lists(st.integers(0, 10**5), min_size=2 * len(PAIRS), max_size=2 * len(PAIRS)))
@settings(max_examples=10, deadline=None)
def test_moves_are_added_up_by_where_the_other_district_lies(numbers: list[int]) -> None:
    rows = [
        line(d, o, age, zuzuege_ins_i=n)
        for ((d, o), age), n in zip(((p, a) for p in PAIRS for a in AGES), numbers, strict=True)
    ]
    expected: Counter[tuple[str, str]] = Counter()
    for row, n in zip(rows, numbers, strict=True):
        d, o = (str(row[c]).zfill(5) for c in ("zielkreis_ags", "herkunftskreis_ags"))
        group = "other_region" if o in CATALOGUE.members else "other_land" if o[:2] == d[:2] else "other_laender"
        expected[d, f"direction=in;group={group}"] += n
        expected[d, "direction=in"] += n
    came = figures(parse(rows))
    assert all(came[key] == n for key, n in expected.items() if key[0] in CATALOGUE.region_by_id)
    assert not any(key[0].startswith(("09", "16")) for key in came)


def test_nationality_and_balance_come_from_their_own_columns_and_one_sex_is_left_out() -> None:
    came = figures(parse(matrix(saldo_ins_i=3, saldo_deu_i=1, saldo_aus_i=2, saldo_deu_m=50)))
    pairs = len(CATALOGUE.members) + len(OTHERS) - 1
    assert came["03101", "direction=net"] == 3 * 2 * pairs
    assert came["03101", "direction=net;nationality=german"] == 2 * pairs
    assert came["03101", "direction=net;nationality=foreign"] == 4 * pairs


def test_a_secret_cell_makes_the_sum_an_at_least() -> None:
    rows = matrix(zuzuege_ins_i=10)
    rows[0]["zuzuege_ins_i"] = "."
    tidy = parse(rows)
    indicator, source = CATALOGUE.indicators["internal_migration"], CATALOGUE.sources["statistikportal"]
    frame = observations(tidy, indicator, indicator.series[0], source, datetime(2026, 11, 22, tzinfo=UTC))
    first = frame.filter(region=CATALOGUE.members[0], breakdown="direction=in")
    assert first["status"].to_list() == ["limited"]
    assert "eigene Berechnung" in str(first["attribution"][0])


def test_an_age_group_of_all_is_not_counted_twice_and_abroad_not_at_all() -> None:
    rows = matrix(zuzuege_ins_i=1)
    doubled = [*rows, *(line(d, o, "Insgesamt", zuzuege_ins_i=2) for d, o in PAIRS)]
    abroad = [*doubled, line("03101", "99000", AGES[0], zuzuege_ins_i=777)]
    assert figures(parse(abroad)) == figures(parse(rows))


def test_the_year_comes_from_the_address_and_other_years_stay() -> None:
    tidy = parse(matrix())
    assert tidy.partial
    assert tidy.frame["time"].unique().to_list() == ["2024"]
    with pytest.raises(ParseError, match="ending in KWM_"):
        statistikportal.parse(stored(as_matrix(matrix()), "https://x/matrix.zip"), CATALOGUE)


def test_the_file_may_be_in_the_older_encoding() -> None:
    rows = [{**r, "zielkreis": "Wolfenbüttel"} for r in matrix(saldo_ins_i=1)]
    assert figures(statistikportal.parse(stored(as_matrix(rows, encoding="cp1252")), CATALOGUE))


@pytest.mark.parametrize(
    ("change", "message"),
    [
        ({"zielkreis_ags": "Peine"}, "line 2: expected the key of a district in zielkreis_ags, came 'Peine'"),
        ({"saldo_ins_i": "viele"}, "line 2, column saldo_ins_i: expected a whole number or a sign, came 'viele'"),
        ({"saldo_ins_i": "1,5"}, "line 2, column saldo_ins_i: expected a whole number"),
    ],
)
def test_a_departure_is_named_with_file_and_line(change: dict[str, Cell], message: str) -> None:
    rows = matrix()
    rows[0] |= change
    with pytest.raises(ParseError, match=f"KWM_GES_NAT_ALT_Salden_2024.csv: {message}"):
        parse(rows)


def test_an_archive_without_the_matrix_says_what_it_holds() -> None:
    renamed = [{k.replace("herkunftskreis_ags", "von"): v for k, v in r.items()} for r in matrix()]
    with pytest.raises(ParseError, match=r"expected a CSV file with the columns .*'von'"):
        parse(renamed)


def test_a_missing_district_is_named() -> None:
    with pytest.raises(ParseError, match=r"the districts \['03157'\] of BSR are missing"):
        parse([r for r in matrix() if r["zielkreis_ags"] != "3157"])


def test_every_year_since_the_first_is_a_part_that_may_be_missing() -> None:
    context = Context(CATALOGUE.sources["statistikportal"], CATALOGUE, None, date(2026, 1, 5), "http://127.0.0.1:1/s")
    parts = statistikportal.parts("KWM", context)
    assert all(p.optional for p in parts)
    assert "http://127.0.0.1:1/s/2025-06/KWM_2024.zip" in [p.alternatives[0].url for p in parts]


def test_an_archive_brought_by_hand_is_known_by_the_publishers_name_which_has_the_year() -> None:
    body = as_matrix(matrix())
    assert statistikportal.recognise(body, "KWM_2024.zip") == "KWM"
    assert statistikportal.recognise(body, "matrix.zip") is None
    assert statistikportal.parse(stored(body, "file:KWM_2024.zip"), CATALOGUE).frame["time"][0] == "2024"
