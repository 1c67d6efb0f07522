"""Secret figures of counselling bodies: said and drawn as such, never a zero, a gap or a trend."""

from __future__ import annotations

import shutil
from dataclasses import replace
from datetime import date
from pathlib import Path
from typing import Any

import duckdb
import polars as pl
import pytest

from dashboard.charting import tile_drawing
from dashboard.charts.bar import bar_chart, common_period
from dashboard.charts.line import line_chart
from dashboard.charts.model import ChartModel, chart_model, milliseconds
from dashboard.charts.multiples import small_multiples
from dashboard.charts.secrets import strip_height
from dashboard.charts.sparkline import HEIGHT, sparkline
from dashboard.choices import default_breakdown, measures_of
from dashboard.descriptions import caveats, panel_alts
from dashboard.headlines import headline
from dashboard.metadata import Metadata
from dashboard.metadata_reading import read_metadata
from dashboard.queries import view_figures
from dashboard.series import Series, rounding_error
from dashboard.store import Store, current_store
from dashboard.subtitles import subtitle
from dashboard.tables import figures_table, series_table
from dashboard.tiles import tile
from dashboard.view import View, read
from tests.dashboard.readback import rows_of
from tests.dashboard.small_store import BODY, CONTACTS, CONTACTS_MONTHLY
from tests.dashboard.sparks import read_spark

FIRST, INTENSIVE, COMPANY, EVENT = (f"kind={k};{BODY}" for k in ("first_contact", "intensive", "company", "event"))
KINDS = (FIRST, INTENSIVE, COMPANY, EVENT)


def shown(store: Store, metadata: Metadata, *breakdowns: str, **link: str) -> tuple[View, pl.DataFrame, ChartModel]:
    params = {"i": CONTACTS, "r": "03101", "b": ",".join(breakdowns)} | {k.rstrip("_"): v for k, v in link.items()}
    view, notes = read(params, metadata)
    assert not notes
    figures = view_figures(store, metadata, view)
    return view, figures, chart_model(figures, view, metadata, "light")


def said(store: Store, metadata: Metadata, *breakdowns: str, **link: str) -> str:
    view, figures, _ = shown(store, metadata, *breakdowns, **link)
    return headline(figures, view, metadata)


def marks(spec: dict[str, Any]) -> list[dict[str, Any]]:
    """The layers of secret figures: points whose place is no value."""
    return [la for la in spec["layer"] if la["mark"]["type"] == "point" and "value" in la["encoding"]["y"]]


def words(spec: dict[str, Any]) -> list[str]:
    """The texts of a picture that stand in its data."""
    texts = (layer for layer in spec["layer"] if layer["mark"]["type"] == "text")
    rows = [row for layer in texts for row in layer["data"]["values"]]
    return [row.get("figure") or row.get("text") for row in rows]


def test_a_line_that_ends_secret_shows_no_older_figure_as_its_newest(store: Store, metadata: Metadata):
    _, _, ending_secret = shown(store, metadata, EVENT)
    _, _, open_ended = shown(store, metadata, INTENSIVE)
    assert "30" not in words(line_chart(ending_secret))
    assert "90" in words(line_chart(open_ended))


@pytest.mark.parametrize(("lang", "word"), [("de", "geheim"), ("en", "confidential")])
def test_a_table_says_secret_and_neither_zero_nor_blank(lang: str, word: str, store: Store, metadata: Metadata):
    _, _, model = shown(store, metadata, COMPANY, INTENSIVE, lang=lang)
    assert rows_of(figures_table(series_table(model, "Jahr"), "Name"))[1:] == [
        ["2024", word, "90"],
        ["2023", word, "60"],
        ["2022", word, "50"],
    ]


def test_of_official_statistics_a_secret_figure_stays_unknown_or_secret(store: Store, metadata: Metadata):
    view, _ = read({"i": "foreign_population", "r": "03153"}, metadata)
    model = chart_model(view_figures(store, metadata, view), view, metadata, "light")
    assert ["31.12.2024", "unbekannt oder geheim"] in rows_of(figures_table(series_table(model, "Tag"), "Name"))
    assert strip_height(model) == 0 and not marks(line_chart(model))


def test_a_line_is_broken_at_a_secret_figure_and_the_figure_is_marked_beneath_the_plot(
    store: Store, metadata: Metadata
):
    _, _, model = shown(store, metadata, FIRST, INTENSIVE)
    spec = line_chart(model)
    (line,) = (layer for layer in spec["layer"] if layer["mark"]["type"] == "line")
    of_first = [row["v"] for row in line["data"]["values"] if row["s"] == "0"]
    assert of_first == [120, None, 150] and line["mark"]["invalid"] == "break-paths-show-domains"
    (mark,) = marks(spec)
    assert mark["data"]["values"] == [
        {"t": milliseconds(date(2023, 12, 31)), "name": "Erstkontakt", "period": "2023", "figure": "geheim"}
    ]
    style = model.styles[0]
    assert (mark["mark"]["stroke"], mark["mark"]["shape"]) == (style.color, style.shape)
    assert mark["mark"]["fill"] == model.palette.ground
    assert [t["field"] for t in mark["encoding"]["tooltip"]] == ["name", "period", "figure"]
    assert words(spec).count("geheim") == 1
    assert line["encoding"]["x"]["axis"]["offset"] == strip_height(model) > 0


def test_marks_of_several_series_stand_on_rows_of_their_own(store: Store, metadata: Metadata):
    _, _, model = shown(store, metadata, *KINDS)
    spec = line_chart(model)
    places = [mark["encoding"]["y"]["value"]["expr"] for mark in marks(spec)]
    assert len(places) == 3 == len(set(places)) and all(p.startswith("height + ") for p in places)
    assert max(float(p.removeprefix("height + ")) for p in places) < strip_height(model)


def test_a_series_that_is_secret_throughout_is_named_beside_its_marks(store: Store, metadata: Metadata):
    _, _, model = shown(store, metadata, INTENSIVE, COMPANY)
    names = {" ".join(w) for w in words(line_chart(model)) if isinstance(w, list)}
    assert names == {"Intensivberatung", "Unternehmenskontakt"}


def test_the_scale_comes_from_published_figures_only(store: Store, metadata: Metadata):
    _, _, alone = shown(store, metadata, INTENSIVE)
    _, _, beside = shown(store, metadata, INTENSIVE, COMPANY)

    def domain(model: ChartModel) -> list[float]:
        spec = line_chart(model)
        (line,) = (layer for layer in spec["layer"] if layer["mark"]["type"] == "line")
        return list(line["encoding"]["y"]["scale"]["domain"])

    assert domain(alone) == domain(beside)


def test_panels_and_sparklines_mark_secret_figures_too(store: Store, metadata: Metadata):
    _, _, model = shown(store, metadata, *KINDS)
    panels = dict(small_multiples(model))
    assert {name: len(m["data"]["values"]) for name, spec in panels.items() for m in marks(spec)} == {
        "Erstkontakt": 1,
        "Unternehmenskontakt": 3,
        "Veranstaltung": 1,
    }
    assert panel_alts(model)[3] == "Liniendiagramm: Veranstaltung. 2022 20; 2024 geheim."
    _, _, alone = shown(store, metadata, EVENT)
    spark = read_spark(sparkline(alone, ""))
    assert spark.secret == ((100, HEIGHT - 4),)  # 2024, on the lower edge
    (newest,) = spark.newest
    assert newest[0] < 100 and newest == spark.runs[-1][-1]  # nothing leads from it to the secret one
    assert spark.strokes[-2:] == (alone.styles[0].color, alone.palette.ground)  # hollow


def test_rows_of_secret_series_have_the_word_in_place_of_a_bar_and_come_last(store: Store, metadata: Metadata):
    _, _, model = shown(store, metadata, COMPANY, EVENT, INTENSIVE, FIRST, chart="bar")
    spec = bar_chart(model)
    bars = spec["layer"][0]["data"]["values"]
    # the newest period, although two of four are secret in it
    assert [(" ".join(b["name"]), b["v"], b["figure"]) for b in bars] == [
        ("Erstkontakt", 150, "150"),
        ("Intensivberatung", 90, "90"),
        ("Unternehmenskontakt", None, "geheim"),
        ("Veranstaltung", None, "geheim"),
    ]
    assert spec["layer"][0]["encoding"]["y"]["scale"]["domain"] == [b["key"] for b in bars]
    assert [w for w in words(spec) if w == "geheim"] == ["geheim", "geheim"]


def test_columns_keep_their_order_and_have_the_word_where_one_is_secret(store: Store, metadata: Metadata):
    _, _, model = shown(store, metadata, FIRST, chart="bar")
    spec = bar_chart(model)
    assert spec["layer"][0]["encoding"]["x"]["scale"]["domain"] == ["2022", "2023", "2024"]
    secret = next(layer for layer in spec["layer"] if layer["encoding"].get("y", {}).get("datum") == 0)
    assert [(row["period"], row["figure"]) for row in secret["data"]["values"]] == [("2023", "geheim")]


def test_a_period_in_which_all_are_secret_is_not_drawn_as_bars(store: Store, metadata: Metadata):
    _, _, model = shown(store, metadata, COMPANY, EVENT)
    assert common_period(model.series) == "2023"
    _, _, all_secret = shown(store, metadata, COMPANY)
    assert common_period(all_secret.series) is None


def test_a_headline_says_that_the_newest_figure_is_secret_and_claims_no_trend(store: Store, metadata: Metadata):
    assert said(store, metadata, EVENT) == (
        "Braunschweig, Titel counselling_contacts (Veranstaltung, Welcome Center): im Jahr 2024 geheim; zuletzt"
        " veröffentlicht 30 im Jahr 2023."
    )
    assert said(store, metadata, COMPANY) == (
        "Braunschweig: Für „Titel counselling_contacts (Unternehmenskontakt, Welcome Center)“ ist in diesem Zeitraum"
        " jede Zahl geheim."
    )
    assert said(store, metadata, COMPANY, EVENT) == (
        "Braunschweig: Für „Titel counselling_contacts (Welcome Center)“ sind die neuesten Zahlen geheim."
    )


@pytest.mark.parametrize("chart", ["line", "bar"])
def test_a_headline_of_several_names_the_secret_ones_and_ranks_the_others(chart: str, store: Store, metadata: Metadata):
    told = said(store, metadata, *KINDS, chart=chart)
    assert told.startswith("Braunschweig, Titel counselling_contacts (Welcome Center) im Jahr 2024: Erstkontakt 150")
    assert told.endswith("Geheim im Jahr 2024: Unternehmenskontakt, Veranstaltung.")
    assert "Erstkontakt 150" in told and "Intensivberatung 90" in told and " 0" not in told


def test_of_many_the_number_of_secret_ones_is_enough(store: Store, metadata: Metadata):
    told = said(store, metadata, INTENSIVE, EVENT, COMPANY, FIRST, r="BSR,03101,03103")
    assert told.endswith("Geheim im Jahr 2024: 6 Reihen.")
    assert "höchster veröffentlichter Wert" in told and "am niedrigsten" not in told and "am selten" not in told


def test_a_share_is_of_the_bodys_own_total_and_secret_with_its_numerator_or_denominator(
    store: Store, metadata: Metadata
):
    _, figures, _ = shown(store, metadata, INTENSIVE, EVENT, r="03101", as_="share")
    shares = {(r["breakdown"], r["period"]): (r["value"], r["status"]) for r in figures.to_dicts()}
    assert shares[INTENSIVE, "2024"] == (30.0, "ok")
    assert shares[EVENT, "2024"] == (None, "secret")
    _, figures, model = shown(store, metadata, INTENSIVE, r="03103", as_="share")
    assert figures["status"].to_list() == ["ok", "secret", "ok"]  # Wolfsburg's total of 2023 is secret
    assert ["2023", "geheim"] in rows_of(figures_table(series_table(model, "Jahr"), "Name"))


def test_parts_have_a_share_and_the_bodys_total_has_none(metadata: Metadata):
    indicator = metadata.indicators[CONTACTS]
    assert "share" in measures_of(indicator, [INTENSIVE, FIRST], metadata)
    assert "share" not in measures_of(indicator, [BODY], metadata)
    assert "share" not in measures_of(indicator, [INTENSIVE, BODY], metadata)


@pytest.mark.parametrize(
    ("lang", "told"),
    [
        ("de", "Braunschweig, Intensivberatung (Welcome Center), Anteil an allen Kontakten der Stelle: 30,0\u00a0%"),
        ("en", "Braunschweig, intensivberatung (Welcome Center) as a share of all contacts of the body: 30.0%"),
    ],
)
def test_a_share_names_part_body_and_whole(lang: str, told: str, store: Store, metadata: Metadata):
    view, figures, model = shown(store, metadata, INTENSIVE, as_="share", lang=lang)
    assert headline(figures, view, metadata).startswith(told)
    part = told.removeprefix("Braunschweig, ").split(":")[0]
    assert subtitle(figures, view, metadata).startswith(part[:1].upper() + part[1:])
    own = "derselben Stelle" if lang == "de" else "the same body"
    assert any(own in caveat for caveat in caveats(figures, view, metadata, model))


def test_a_change_on_a_secret_figure_is_secret(store: Store, metadata: Metadata):
    _, figures, _ = shown(store, metadata, FIRST, as_="change")
    assert figures["status"].to_list() == ["not_applicable", "secret", "secret"]
    assert figures["value"].to_list() == [None, None, None]


def test_a_caveat_says_once_what_secret_means_with_the_threshold(store: Store, metadata: Metadata):
    view, figures, model = shown(store, metadata, *KINDS)
    told = [c for c in caveats(figures, view, metadata, model) if "geheim" in c]
    assert len(told) == 1 and "von 1 bis 4" in told[0]
    view, figures, model = shown(store, metadata, INTENSIVE)
    assert not any("geheim" in c for c in caveats(figures, view, metadata, model))


def test_a_region_whose_figures_are_secret_is_not_called_without_figures(store: Store, metadata: Metadata):
    view, figures, model = shown(store, metadata, COMPANY, r="03101,03103")
    assert not any("Keine Zahlen" in c for c in caveats(figures, view, metadata, model))


def test_months_are_shown_like_years(store: Store, metadata: Metadata):
    month = f"kind=intensive;{BODY}"
    view, figures, model = shown(store, metadata, month, i=CONTACTS_MONTHLY)
    assert headline(figures, view, metadata).endswith(
        "im Dezember 2024 geheim; zuletzt veröffentlicht 110 im November 2024."
    )
    assert subtitle(figures, view, metadata).endswith("Januar 2024 bis Dezember 2024")
    assert len(marks(line_chart(model))[0]["data"]["values"]) == 3


def test_a_tile_says_that_its_newest_figure_is_secret(store: Store, metadata: Metadata):
    view, figures, _ = shown(store, metadata, EVENT)
    facts = tile(figures, view, metadata)
    assert facts and (facts.figure, facts.period) == ("geheim", "2024") and "geheim" in facts.change
    view, figures, _ = shown(store, metadata, FIRST)
    facts = tile(figures, view, metadata)
    assert facts and facts.figure == "150" and facts.change.endswith("die Zahl des Vorjahres geheim ist")


def test_a_tile_of_nothing_but_secrets_is_drawn_and_named(store: Store, metadata: Metadata):
    view = View((CONTACTS,), ("03101",), (COMPANY,))
    drawn = tile_drawing(store, metadata, store.path.name, view, "light")
    assert drawn and drawn.facts.figure == "geheim"
    spark = read_spark(drawn.spark)
    assert spark.name == "Verlauf 2022 geheim bis 2024 geheim."
    assert len(spark.secret) == 3 and spark.runs == () == spark.newest


def test_without_a_total_of_all_bodies_the_first_bodys_total_is_shown(metadata: Metadata):
    assert default_breakdown(metadata.indicators[CONTACTS]) == BODY


def test_what_was_withdrawn_is_nobodys_default(small_data: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch):
    shutil.copytree(small_data, tmp_path / "data")
    (path,) = (tmp_path / "data" / "published").glob("*.duckdb")
    with duckdb.connect(path) as connection:
        connection.execute(
            "UPDATE observations SET known_until = '20260601T000000Z' WHERE breakdown LIKE ?", [f"%{BODY}"]
        )
    monkeypatch.setenv("ETL_DATA_DIR", str(tmp_path / "data"))
    found = read_metadata(current_store()).indicators[CONTACTS]
    assert default_breakdown(found) == "provider=demo" and found.breakdowns[-1].endswith(BODY)


def test_changes_inside_a_bodys_own_rounding_are_none(metadata: Metadata):
    rounded = {BODY.split("=")[1]: replace(metadata.providers["welcome_center"], round_to=5)}
    indicator = metadata.indicators[CONTACTS]
    series = Series(CONTACTS, "BSR", INTENSIVE, "counselling", "x", ())
    days = (date(2023, 12, 31), date(2024, 12, 31))
    assert rounding_error(series, indicator, metadata, *days) == 0
    assert rounding_error(series, indicator, replace(metadata, providers=rounded), *days) == 5
