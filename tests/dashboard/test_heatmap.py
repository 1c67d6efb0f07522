from __future__ import annotations

import json
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from dashboard.charts.heatmap import HeatCell, HeatMap, heading_height, heat_map, tint
from dashboard.charts.model import ChartModel
from dashboard.charts.palette import PALETTES, Theme
from dashboard.labels import Scale
from tests.dashboard.test_charts import contrast

TOPICS, BODIES = ("Sprache", "Wohnen", "Familie"), ("Eine Stelle", "Andere Stelle")
WORDS = {(0, 0): 40.0, (0, 1): 10.0, (1, 0): 0.0}


def model(theme: Theme = "light", notice: str = "") -> ChartModel:
    return ChartModel((), (), Scale("Kontakte", None, 0), (), ("Quelle: Stelle.",), PALETTES[theme], "de", True, notice)


def drawn(theme: Theme = "light", notice: str = "") -> dict[str, Any]:
    """Three topics of two bodies: figures, a secret one, and two that are not counted."""
    cells = [HeatCell(row, column, str(int(value)), value) for (row, column), value in WORDS.items()]
    cells += [HeatCell(1, 1, "geheim", None, closed=True), HeatCell(2, 0, "–", None), HeatCell(2, 1, "–", None)]
    return heat_map(HeatMap(TOPICS, BODIES, tuple(cells)), model(theme, notice))


def fields(spec: dict[str, Any]) -> list[dict[str, Any]]:
    return [layer for layer in spec["layer"] if layer["mark"]["type"] == "rect"]


def words(spec: dict[str, Any]) -> list[dict[str, Any]]:
    layer = next(one for one in spec["layer"] if one["encoding"].get("text", {}).get("field") == "words")
    return list(layer["data"]["values"])


@pytest.mark.parametrize("theme", PALETTES)
@given(value=st.floats(0, 1e6))
def test_the_words_are_readable_on_every_tint(theme: Theme, value: float):
    palette = PALETTES[theme]
    assert contrast(palette.text, tint(value, 1e6, palette)) >= 4.5


def test_a_larger_figure_has_a_stronger_tint():
    palette = PALETTES["light"]
    shades = [contrast(tint(value, 40, palette), palette.ground) for value in (0, 1, 10, 25, 40)]
    assert shades == sorted(set(shades))


def test_every_cell_is_said_in_words():
    spec = drawn()
    said = {(row["row"], row["column"]): row["words"] for row in words(spec)}
    assert said[("0", "0")] == "40" and said[("1", "1")] == "geheim" and said[("2", "0")] == "–"
    assert len(said) == 6


def test_a_secret_cell_is_a_dashed_frame_without_figure_or_tint():
    published, closed = fields(drawn())
    assert [row["words"] for row in closed["data"]["values"]] == ["geheim"]
    assert closed["mark"]["strokeDash"] and closed["data"]["values"][0]["fill"] == PALETTES["light"].ground
    assert sorted(row["words"] for row in published["data"]["values"]) == ["0", "10", "40"]


def test_the_scale_knows_published_figures_only():
    alone = heat_map(HeatMap(("Sprache",), ("Eine",), (HeatCell(0, 0, "7", 7.0),)), model())
    beside = heat_map(
        HeatMap(("Sprache",), ("Eine", "Zwei"), (HeatCell(0, 0, "7", 7.0), HeatCell(0, 1, "geheim", None, True))),
        model(),
    )
    assert fields(alone)[0]["data"]["values"][0]["fill"] == fields(beside)[0]["data"]["values"][0]["fill"]


def test_a_map_without_any_figure_is_drawn():
    spec = heat_map(HeatMap(("Sprache",), ("Eine",), (HeatCell(0, 0, "geheim", None, True),)), model())
    assert [row["words"] for row in words(spec)] == ["geheim"]


def test_names_of_rows_and_columns_are_whole_and_quoted():
    name = "Beratung für Beschäftigte, die's eilig haben"
    spec = heat_map(HeatMap((name,), (name,), (HeatCell(0, 0, "1", 1.0),)), model())
    axis = spec["layer"][0]["encoding"]["y"]["axis"]
    assert "die\\'s" in axis["labelExpr"] and axis["labelLimit"] == 0
    headings = [layer for layer in spec["layer"] if "transform" in layer]
    assert {" ".join(row["text"]) for layer in headings for row in layer["data"]["values"]} == {name}


def test_names_of_columns_stand_upright_only_where_columns_are_narrow():
    headings = [layer for layer in drawn()["layer"] if "transform" in layer]
    forms = {layer["transform"][0]["filter"]: "angle" in layer["mark"] for layer in headings}
    assert forms == {"width / 2 >= 84": False, "width / 2 < 84": True}


def test_two_columns_need_no_room_for_upright_names():
    assert heading_height(("Braunschweig", "Wolfsburg")) < heading_height(("Braunschweig", "Wolfsburg", "Peine"))


@pytest.mark.parametrize("theme", PALETTES)
def test_the_label_of_invented_figures_stands_in_the_picture(theme: Theme):
    assert "ERFUNDEN" in json.dumps(drawn(theme, "ERFUNDENE ZAHLEN – keine Statistik"))
    assert "ERFUNDEN" not in json.dumps(drawn(theme))


def test_no_data_lies_where_streamlit_would_convert_it():
    spec = drawn()
    assert "data" not in spec and "datasets" not in spec
    json.dumps(spec, allow_nan=False)
