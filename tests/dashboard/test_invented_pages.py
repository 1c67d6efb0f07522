"""Every drawing with invented figures that the pages send to a reader carries the label inside the picture."""

from __future__ import annotations

import json
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import pytest

from dashboard.choices import CHARTS
from dashboard.counselling import LENGTHS, OFFICES, choose, lengths_of, page_params, read_page, splits_of, with_length
from dashboard.store import current_store
from dashboard.text import LANGUAGES
from tests.dashboard import counselled_store as made
from tests.dashboard.test_counselling_page import held, tiles
from tests.dashboard.test_counselling_page import run as run_counselling
from tests.dashboard.test_invented_label import LABELS, label_layers
from tests.dashboard.test_pages import run as run_page

KINDS = ",".join(f"kind={kind};provider=demo" for kind in ("first_contact", "intensive", "company"))


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return made.build(tmp_path_factory.mktemp("invented_pages"), {made.DEMO: made.INVENTED})


@pytest.fixture(autouse=True)
def _invented(folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("ETL_DATA_DIR", str(folder))


def specs(at: Any) -> list[dict[str, Any]]:
    """The drawings of a page in its order."""
    return [json.loads(chart.proto.spec) for chart in at.get("vega_lite_chart")]


def is_labelled(spec: Mapping[str, Any], lang: str) -> bool:
    """Whether the label stands as a text in the picture, once and whole."""
    layers = label_layers(dict(spec))
    return (
        len(layers) == 1 and layers[0]["mark"]["type"] == "text" and LABELS[lang] in layers[0]["mark"]["text"]["expr"]
    )


def split_links() -> list[dict[str, str]]:
    """Every split in every length of period."""
    metadata, scopes = held(current_store())
    first, _ = read_page({}, metadata, scopes)
    return [
        page_params(with_length(choose(first, scopes, split=split), length, scopes), metadata, scopes)
        for split in splits_of(scopes, made.DEMO)
        for length in lengths_of(scopes, made.DEMO, split)
    ]


@pytest.mark.parametrize("lang", LANGUAGES)
@pytest.mark.parametrize("chart", CHARTS)
def test_every_drawing_of_the_counselling_page_is_labelled_but_the_official_ones(chart: str, lang: str):
    for link in split_links():
        at = run_counselling(**link | {"chart": chart, "lang": lang})
        own, official = specs(at), tiles(at)
        # the heat map, and before it the chart or its panels; a table is no drawing
        assert len(own) >= (1 if chart == "table" else 2), link
        assert [n for n, spec in enumerate(own) if not is_labelled(spec, lang)] == [], link
        assert len(official) == len(made.OFFICIAL) and not any(LABELS[lang] in html for html in official), link


def test_shares_and_offices_are_labelled_too():
    offices = {"r": "03101,03103", "b": "provider=demo"}
    assert OFFICES in splits_of(held(current_store())[1], made.DEMO)
    for link in ({"as_": "share", "chart": "bar"}, {"as_": "share"}, offices, offices | {"chart": "bar"}):
        drawn = specs(run_counselling(**link))
        assert drawn and all(is_labelled(spec, "de") for spec in drawn), link


@pytest.mark.parametrize("lang", LANGUAGES)
@pytest.mark.parametrize("chart", [chart for chart in CHARTS if chart != "table"])
def test_every_drawing_of_the_time_series_is_labelled(chart: str, lang: str):
    for indicator in LENGTHS:
        for measure, breakdowns in (("number", "provider=demo"), ("number", KINDS), ("share", KINDS), ("index", KINDS)):
            link = {"i": indicator, "r": "03101", "b": breakdowns, "as_": measure, "chart": chart, "lang": lang}
            drawn = specs(run_page("explore", **link))
            assert drawn and all(is_labelled(spec, lang) for spec in drawn), link
