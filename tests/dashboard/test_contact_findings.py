"""What headline, subtitle and drawing say of a counselling body's contacts: how they divide, and no chance trend."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import pytest

from dashboard.charting import drawing
from dashboard.charts.bar import bar_chart
from dashboard.counselling import MONTHS, YEARS, choose, page_params, read_page, usual_chart, with_length
from dashboard.findings import FEWEST, finding_of
from dashboard.metadata_reading import read_metadata
from dashboard.queries import view_figures
from dashboard.series import Series, series_of
from dashboard.store import Store, current_store
from dashboard.view import View
from tests.dashboard import counselled_store as made
from tests.dashboard.test_counselling_page import held

BODY = f"provider={made.WELCOME}"


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return made.build(tmp_path_factory.mktemp("findings"), {made.WELCOME: made.REAL})


@pytest.fixture()
def open_store(folder: Path, monkeypatch: pytest.MonkeyPatch) -> Store:
    monkeypatch.setenv("ETL_DATA_DIR", str(folder))
    return current_store()


def told(store: Store, view: View) -> tuple[str, str]:
    drawn = drawing(store, read_metadata(store), store.path.name, view, "light")
    return drawn.headline, drawn.subtitle


def test_many_codes_are_told_by_the_most_and_the_least_frequent(open_store: Store):
    metadata, scopes = held(open_store)
    view = replace(read_page({}, metadata, scopes)[0], regions=("03101",))
    said, frame = told(open_store, view)
    assert "im Jahr 2025: am häufigsten" in said and "am seltensten" in said and "%" not in said
    assert "nach Art des Kontakts" in frame and "Erstkontakt" not in frame
    _, part = told(open_store, replace(view, breakdowns=view.breakdowns[:2]))
    assert "Erstkontakt" in part and "nach Art" not in part


def test_beside_secret_figures_only_the_highest_published_one_is_named(open_store: Store):
    metadata, scopes = held(open_store)
    said, _ = told(open_store, replace(read_page({}, metadata, scopes)[0], regions=("03103",)))
    assert "höchster veröffentlichter Wert" in said and "am seltensten" not in said
    assert said.endswith("Geheim im Jahr 2025: Unternehmenskontakt.")


@pytest.mark.parametrize(("first", "claimed"), [(FEWEST, True), (FEWEST - 1, False)])
def test_a_percentage_of_few_contacts_is_not_claimed(first: int, claimed: bool, open_store: Store):
    metadata = read_metadata(open_store)
    view = View((YEARS,), ("03101",), (BODY,))
    series: Series = series_of(view_figures(open_store, metadata, view), view, metadata)[0]
    start, *others = series.points
    changed = replace(series, points=(replace(start, value=float(first), counted=float(first)), *others))
    assert (finding_of(changed, view, metadata).percent is not None) is claimed


def test_many_monthly_series_have_panels_of_their_own_unless_the_address_wants_lines(open_store: Store):
    metadata, scopes = held(open_store)
    years, _ = read_page({}, metadata, scopes)
    months = with_length(years, MONTHS, scopes)
    assert (years.chart, months.chart) == ("line", "small-multiples")
    assert with_length(months, YEARS, scopes).chart == "line"
    assert "chart" not in page_params(months, metadata, scopes)
    lines = replace(months, chart="line")
    assert page_params(lines, metadata, scopes)["chart"] == "line"
    assert read_page(page_params(lines, metadata, scopes), metadata, scopes) == (lines, ())
    assert with_length(replace(years, chart="table"), MONTHS, scopes).chart == "table"
    assert usual_chart(choose(months, scopes, split="whole")) == "line"


def test_many_columns_mark_secret_figures_beneath_the_plot(open_store: Store):
    view = View((MONTHS,), ("03103",), (f"kind=intensive;{BODY}",), chart="bar")
    drawn = drawing(open_store, read_metadata(open_store), open_store.path.name, view, "light")
    (series,) = drawn.model.series
    secret = replace(series.points[3], value=None, status="protected")
    points = (*series.points[:3], secret, *series.points[4:])
    spec = bar_chart(replace(drawn.model, series=(replace(series, points=points),)))
    marks = [la for la in spec["layer"] if la["mark"]["type"] == "point"]
    assert [row["period"] for layer in marks for row in layer["data"]["values"]] == ["April 2025"]
    assert marks[0]["encoding"]["x"]["field"] == "period"
