"""Invented figures say so wherever they are seen: in headline, subtitle, alternative text and inside every picture."""

from __future__ import annotations

import json
from typing import Any, get_args

import pytest

from dashboard.cards import card_html
from dashboard.charting import drawing, tile_drawing
from dashboard.charts.palette import Theme
from dashboard.choices import CHARTS, MEASURES, Chart, Measure
from dashboard.descriptions import panel_alts
from dashboard.metadata import Metadata
from dashboard.protection import is_invented
from dashboard.queries import view_figures
from dashboard.store import Store
from dashboard.view import View
from tests.dashboard.small_store import BODY, CONTACTS, CONTACTS_MONTHLY, DEMO
from tests.dashboard.sparks import read_spark

LABELS = {"de": "ERFUNDENE ZAHLEN – keine Statistik", "en": "INVENTED FIGURES – no statistics"}
BEGINNINGS = {"de": "Erfundene Zahlen: ", "en": "Invented figures: "}
KINDS = ("kind=intensive", "kind=first_contact", "kind=event", "kind=company")


def view_of(body: str, chart: Chart, measure: Measure, lang: str = "de", *, many: bool = True) -> View:
    kinds = KINDS if many else KINDS[:1]
    breakdowns = tuple(f"{kind};{body}" for kind in kinds)
    return View((CONTACTS,), ("03101",), breakdowns, measure=measure, chart=chart, lang="en" if lang == "en" else "de")


def label_layers(spec: dict[str, Any]) -> list[dict[str, Any]]:
    """The texts of a picture that carry the label, in whatever width."""
    return [layer for layer in spec["layer"] if layer["data"]["values"][:1] == [{"notice": layer_text(layer)}]]


def layer_text(layer: dict[str, Any]) -> str:
    return str(next(iter(layer["data"]["values"]), {}).get("notice"))


@pytest.mark.parametrize("many", [True, False])
@pytest.mark.parametrize("lang", LABELS)
@pytest.mark.parametrize("measure", [m for m in MEASURES if m != "per1000"])
@pytest.mark.parametrize("chart", CHARTS)
def test_every_form_and_measure_carries_the_label(
    chart: Chart, measure: Measure, lang: str, many: bool, store: Store, metadata: Metadata
):
    view = view_of(DEMO, chart, measure, lang, many=many)
    drawn = drawing(store, metadata, store.path.name, view, "light")
    assert drawn.headline.startswith(BEGINNINGS[lang])
    assert all(BEGINNINGS[lang] in alt or LABELS[lang] in alt for alt in drawn.alts)
    assert drawn.subtitle.startswith(LABELS[lang])
    assert bool(drawn.charts) == (chart != "table")
    for _, spec in drawn.charts:
        (label,) = label_layers(spec)
        assert label["data"]["values"] == [{"notice": LABELS[lang]}]
        assert LABELS[lang] in label["mark"]["text"]["expr"]
        assert label["mark"]["color"] == drawn.model.palette.text  # its contrast is tested with the palette


@pytest.mark.parametrize("chart", CHARTS)
def test_real_figures_do_not_carry_it(chart: Chart, store: Store, metadata: Metadata):
    drawn = drawing(store, metadata, store.path.name, view_of(BODY, chart, "number"), "light")
    told = json.dumps([spec for _, spec in drawn.charts], ensure_ascii=False) + drawn.headline + drawn.subtitle
    assert "rfunden" not in told and "ERFUNDEN" not in told


def test_one_invented_series_among_real_ones_marks_the_whole_picture(store: Store, metadata: Metadata):
    view = View((CONTACTS,), ("03101",), (BODY, DEMO))
    figures = view_figures(store, metadata, view)
    assert set(figures["source"]) == {"counselling", "counselling_demo"} and is_invented(figures, metadata)
    drawn = drawing(store, metadata, store.path.name, view, "light")
    assert drawn.headline.startswith(BEGINNINGS["de"]) and label_layers(drawn.charts[0][1])


@pytest.mark.parametrize("theme", get_args(Theme))
@pytest.mark.parametrize("lang", LABELS)
def test_tiles_carry_it_above_the_sparkline_and_in_its_name(lang: str, theme: Theme, store: Store, metadata: Metadata):
    for indicator in (CONTACTS, CONTACTS_MONTHLY):
        view = View((indicator,), ("03101",), (DEMO,), lang="en" if lang == "en" else "de")
        drawn = tile_drawing(store, metadata, store.path.name, view, theme)
        assert drawn is not None and LABELS[lang] in read_spark(drawn.spark).name
        assert f"<strong>{LABELS[lang]}</strong><svg " in card_html(drawn, view.lang)
    real = tile_drawing(store, metadata, store.path.name, View((CONTACTS,), ("03101",), (BODY,)), theme)
    assert real is not None and real.spark and "ERFUNDEN" not in card_html(real, "de")


def test_each_panel_is_named_with_it(store: Store, metadata: Metadata):
    drawn = drawing(store, metadata, store.path.name, view_of(DEMO, "small-multiples", "number"), "light")
    assert len(drawn.charts) == 4
    assert all(alt.endswith(LABELS["de"]) for alt in panel_alts(drawn.model))


def test_that_figures_are_invented_is_no_choice_of_source(store: Store, metadata: Metadata):
    """Nobody is told that a preferred source was passed over: there is none until a body reports."""
    drawn = drawing(store, metadata, store.path.name, view_of(DEMO, "line", "number"), "light")
    assert not any("bevorzugte" in caveat for caveat in drawn.caveats)
