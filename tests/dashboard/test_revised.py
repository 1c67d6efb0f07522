from __future__ import annotations

from dataclasses import replace
from datetime import date

import polars as pl
import pytest

from dashboard.metadata import Metadata
from dashboard.past_state import banner_text
from dashboard.queries import view_figures
from dashboard.revised import Revision, compared, merged, revision, revision_table
from dashboard.store import Store
from dashboard.view import View
from tests.dashboard.readback import rows_of
from tests.dashboard.small_store import FIRST, SECOND, foreigners
from tests.dashboard.test_pages import run

PEINE = View(("foreign_population",), ("03157",), ("",), vintage=FIRST)


def test_a_revised_figure_is_told_with_then_now_and_difference(store: Store, metadata: Metadata):
    found = revision(store, metadata, PEINE)
    (changed,) = found.revised
    assert (changed.period, changed.then, changed.now) == ("2024-12-31", 4000, foreigners(6, 2024))
    assert (found.new, found.withdrawn) == ((), ())
    table = revision_table([found], metadata, "de", most=10)
    assert table.columns == ("Zeitpunkt", "Region", "damals", "heute", "Unterschied")
    assert [cell.text for cell in table.rows[0]] == ["31.12.2024", "Peine", "4.000", "8.900", "+4.900"]


def test_the_current_state_has_no_revision(store: Store, metadata: Metadata):
    assert revision(store, metadata, replace(PEINE, vintage=SECOND)) == Revision(replace(PEINE, vintage=SECOND))


def test_what_the_view_does_not_show_is_not_counted(store: Store, metadata: Metadata):
    assert revision(store, metadata, replace(PEINE, regions=("03101",))).revised == ()
    assert revision(store, metadata, replace(PEINE, end="2023")).revised == ()


def test_a_rate_is_compared_as_the_reader_sees_it(store: Store, metadata: Metadata):
    (changed,) = revision(store, metadata, replace(PEINE, measure="index")).revised
    assert changed.then is not None and 90 < changed.then < 110
    table = revision_table([revision(store, metadata, replace(PEINE, measure="per1000"))], metadata, "en", most=10)
    assert [cell.text for cell in table.rows[0]][2:] == ["153.8", "342.1", "+188.4"]


FIGURES: dict[str, tuple[float | None, str | None, float | None, str | None]] = {
    "revised": (10, "ok", 12, "ok"),
    "became secret": (10, "ok", None, "secret"),
    "became complete": (10, "limited", 10, "ok"),
    "confirmed": (10, "provisional", 10, "ok"),
    "same but for the last bits": (10, "ok", 10.0000000000001, "ok"),
    "below the decimals shown": (10, "ok", 10.2, "ok"),
    "came as expected": (None, "pending", 12, "ok"),
    "new": (None, None, 12, "ok"),
    "withdrawn": (10, "ok", None, None),
    "never there": (None, "secret", None, "nil"),
}
EXPECTED = {"revised": "revised", "became secret": "revised", "became complete": "revised"}
EXPECTED |= {"came as expected": "new", "new": "new", "withdrawn": "withdrawn"}


@pytest.mark.parametrize("case", FIGURES)
def test_each_kind_of_change_is_called_by_its_name(case: str, metadata: Metadata):
    value, status, now, now_status = FIGURES[case]

    def frame(figure: float | None, said: str | None) -> pl.DataFrame:
        rows = (
            []
            if said is None
            else [("foreign_population", "03157", "", "2024-12-31", date(2024, 12, 31), figure, said)]
        )
        columns = {"indicator": str, "region": str, "breakdown": str, "period": str, "period_end": pl.Date}
        return pl.DataFrame(rows, schema=columns | {"value": pl.Float64, "status": str}, orient="row")

    found = compared(frame(value, status), frame(now, now_status), PEINE, metadata)
    counted = {"revised": len(found.revised), "new": len(found.new), "withdrawn": len(found.withdrawn)}
    assert [kind for kind, number in counted.items() if number] == ([EXPECTED[case]] if case in EXPECTED else [])


def test_the_banner_counts_the_figures_of_all_views(store: Store, metadata: Metadata):
    peine = revision(store, metadata, PEINE)
    key = peine.revised[0].key
    tile = replace(peine, new=(key, (*key[:3], "2025-12-31"), (*key[:3], "2026-12-31")))
    said = banner_text(merged([peine, tile, peine]), metadata, "de")
    assert said.endswith("In dieser Ansicht seitdem revidiert: 1 Wert, neu: 2 Werte.")
    assert banner_text([Revision(PEINE)], metadata, "en").endswith("nothing was added.")


def test_a_drawn_map_compares_what_it_draws(store: Store, metadata: Metadata):
    everywhere = replace(PEINE, regions=("BSR",), chart="map")
    drawn = view_figures(store, metadata, replace(PEINE, regions=("03157", "03153"), end="2024", start="2024"))
    assert [c.region for c in revision(store, metadata, everywhere, drawn).revised] == ["03157"]
    earlier = drawn.filter(pl.col("period") == "2023-12-31")
    assert revision(store, metadata, replace(everywhere, end="2023"), earlier).revised == ()


@pytest.mark.parametrize("lang", ["de", "en"])
def test_an_earlier_state_leads_to_then_and_now_and_to_the_newest(metadata: Metadata, lang: str):
    at = run("explore", r="03157", v=FIRST, lang=lang)
    assert (
        at.info[0]
        .value.replace("\\", "")
        .endswith("revidiert: 1 Wert." if lang == "de" else "revised since: 1 figure.")
    )
    then, now = ("4.000", "8.900") if lang == "de" else ("4,000", "8,900")
    assert any([then, now] == row[-3:-1] for m in at.markdown for row in rows_of(m.value))
    at.button(key="newest_state").click().run()
    assert not at.exception and not at.info and "v" not in at.query_params


def test_the_overview_counts_what_its_tiles_and_charts_show(metadata: Metadata):
    at = run(r="03157", v=FIRST)
    said = at.info[0].value.replace("\\", "")
    assert "revidiert: 1 Wert" in said or "revidiert: 2 Werte" in said, said
    assert not run(r="03157").info
