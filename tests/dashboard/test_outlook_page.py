"""The page /outlook: finding, link, widgets, files, and what it says of its own errors."""

from __future__ import annotations

import io
import re
import zipfile
from dataclasses import replace
from pathlib import Path
from random import Random

import pytest
from streamlit.testing.v1 import AppTest

from dashboard.exports.carried import texts_of
from dashboard.exports.files import view_file
from dashboard.metadata import REGION_SUM, Metadata
from dashboard.metadata_reading import read_metadata
from dashboard.outlook import words
from dashboard.outlook.address import choices, migration_lever, nearest, outlook_params, read_outlook
from dashboard.outlook.assumptions import read_assumptions
from dashboard.outlook.drawing import district_table, outlook_drawing
from dashboard.outlook.evidence import Evidence, read_evidence
from dashboard.outlook.scenario import PROFILES, Prepared, Scenario, look_ahead, prepare
from dashboard.outlook.words import about, compared, headline
from dashboard.store import current_store
from dashboard.text import LANGUAGES, text, texts
from dashboard.view import View
from tests.dashboard.reading import opened, said

USUAL = Scenario(0, None, 46)


@pytest.fixture(autouse=True)
def _extract(extract_data: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("ETL_DATA_DIR", str(extract_data))


@pytest.fixture(scope="module")
def model(extract_data: Path) -> tuple[Metadata, Evidence, Prepared]:
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("ETL_DATA_DIR", str(extract_data))
        store = current_store()
        metadata = read_metadata(store)
        evidence, assumptions = read_evidence(store, metadata, None), read_assumptions(store)
    assert evidence is not None and assumptions is not None
    prepared = prepare(evidence, assumptions)
    assert prepared is not None
    return metadata, evidence, prepared


def shown(at: AppTest) -> str:
    return "\n".join(said(at)).replace("\\", "")


@pytest.mark.parametrize("lang", LANGUAGES)
def test_the_page_says_what_the_model_finds(model: tuple[Metadata, Evidence, Prepared], lang: str):
    metadata, _, prepared = model
    ahead = look_ahead(prepared, "03102", Scenario(2.5, None, 50))
    page = opened("outlook.py", r="03102", participation="2.5", retention="50", lang=lang)
    told = shown(page)
    assert page.header[0].value.replace("\\", "") == headline(ahead, "Salzgitter", lang)
    assert compared(ahead, prepared, lang) in told
    assert prepared.test is not None and words.tested(prepared.test, 6, metadata, lang) in told
    for one in prepared.test.districts:
        assert f"{one.model_error:.2f}".replace(".", "," if lang == "de" else ".") in told
    assert text(lang, "outlook.no_prediction") in told and not page.warning
    assert [c.proto.alt for c in page.get("vega_lite_chart")] and "2036" in page.get("vega_lite_chart")[0].proto.alt
    for assumption in prepared.assumptions.listed:
        assert assumption.reason.to(lang) in told
        assert assumption.source is None or assumption.source.to(lang) in told


def test_the_headline_has_a_range_and_the_caution_is_beside_it(model: tuple[Metadata, Evidence, Prepared]):
    metadata, _, prepared = model
    ahead = look_ahead(prepared, REGION_SUM, USUAL)
    assert ahead.spread is not None
    finding = headline(ahead, "Region", "de")
    for value in (ahead.needed, ahead.needed - ahead.spread, ahead.needed + ahead.spread):
        assert about(value, 2, "de") in finding
    assert f"−{-(ahead.alone.people[-1] / ahead.alone.people[0] - 1) * 100:.1f} %".replace(".", ",") in finding.replace(
        "\u00a0", " "
    )
    untested = replace(ahead, spread=None)
    assert "Spanne" not in headline(untested, "Region", "de")
    assert text("de", "outlook.enough") in headline(replace(ahead, needed=-3.0), "Region", "de")
    assert metadata.regions[REGION_SUM].short.de == "Region Braunschweig"


@pytest.mark.parametrize("lang", LANGUAGES)
def test_a_model_that_is_no_better_says_so(model: tuple[Metadata, Evidence, Prepared], lang: str):
    metadata, _, prepared = model
    test = prepared.test
    assert test is not None
    worse = tuple(replace(d, model=d.model * 2) for d in test.districts[:3])
    none_better = replace(test, districts=(*worse, *test.districts[3:]))
    names = [metadata.regions[d.region].short.to(lang) for d in none_better.districts if not d.better]
    told = words.tested(none_better, 6, metadata, lang)
    assert none_better.better < 6 and ("nicht besser" if lang == "de" else "no better") in told
    assert ", ".join(names) in told
    assert ("nicht besser" if lang == "de" else "no better") not in words.tested(test, 6, metadata, lang)


def test_every_state_comes_back_from_its_address(model: tuple[Metadata, Evidence, Prepared]):
    metadata, _, prepared = model
    random = Random(6)
    for _ in range(300):
        area = random.choice([REGION_SUM, *metadata.members])
        lever, levers = migration_lever(prepared, area), prepared.assumptions.levers
        migration = random.choice([None, *random.choices(choices(lever), k=3)])
        if migration == nearest(lever, prepared.balance(area)):
            migration = None  # the default itself
        scenario = Scenario(
            random.choice(choices(levers["participation"])),
            migration,
            random.choice(choices(levers["retention"])),
            random.choice(PROFILES),
        )
        params = outlook_params(area, scenario, prepared, View(("population",), (area,), ("",), lang="en"))
        asked = read_outlook(params, metadata, prepared)
        assert (asked.area, asked.scenario, asked.notes) == (area, scenario, ())
    assert outlook_params(REGION_SUM, USUAL, prepared, View(("population",), ("BSR",), ("",))) == {}


@pytest.mark.parametrize(
    ("params", "note"),
    [
        ({"migration": "many"}, "notes.unknown_value"),
        ({"migration": "1e9"}, "notes.unknown_value"),
        ({"participation": "nan"}, "notes.unknown_value"),
        ({"retention": "19"}, "notes.unknown_value"),
        ({"profile": "x"}, "notes.unknown_value"),
        ({"retention": "46.4"}, "outlook.note_step"),
        ({"r": "99999"}, "notes.unknown_region"),
        ({"r": "DE91"}, "outlook.note_area"),
        ({"r": "03101,03102"}, "outlook.note_one_area"),
        ({"v": "never"}, "notes.unknown_vintage"),
    ],
)
def test_a_bad_value_falls_back_with_a_note(params: dict[str, str], note: str):
    page = opened("outlook.py", **params)
    (warning,) = page.warning
    parts = re.split(r"\{\w+\}", texts("de")[note])
    assert all(part in warning.value.replace("\\", "") for part in parts)
    assert page.header[0].value and page.get("vega_lite_chart")


def test_a_moved_slider_is_in_the_address_and_another_area_forgets_its_migration():
    page = opened("outlook.py", participation="1")
    sliders = {one.label: one for one in page.select_slider}
    sliders[text("de", "outlook.migration")].set_value(8000.0).run()
    assert not page.exception and page.query_params["migration"] in ("8000", ["8000"])
    assert page.query_params["participation"] in ("1", ["1"])
    page.selectbox[0].set_value("03153").run()
    assert page.query_params["r"] in ("03153", ["03153"]) and "migration" not in page.query_params
    assert "Goslar" in page.header[0].value
    page.button(key="outlook_reset").click().run()
    assert "participation" not in page.query_params and page.query_params["r"] in ("03153", ["03153"])


def test_the_region_leads_the_table_of_districts_with_rounded_needs(model: tuple[Metadata, Evidence, Prepared]):
    metadata, _, prepared = model
    table = district_table(prepared, USUAL, metadata, "de")
    assert [row[0].text for row in table.rows][-1] == "Region Braunschweig" and len(table.rows) == 9
    needed = look_ahead(prepared, "03101", USUAL).needed
    assert table.rows[0][5].text == about(needed, 2, "de")
    assert all(" bis " in row[6].text for row in table.rows)


@pytest.mark.parametrize("lang", LANGUAGES)
def test_files_carry_the_finding_the_source_and_the_link(model: tuple[Metadata, Evidence, Prepared], lang: str):
    metadata, evidence, prepared = model
    view = View(("population",), (REGION_SUM,), ("",), lang=lang)
    ahead = look_ahead(prepared, REGION_SUM, USUAL)
    drawn = outlook_drawing(ahead, prepared, evidence.used, metadata, lang, "light", "/outlook?v=x")
    svg = view_file(drawn, view, metadata, "svg", "https://example.org").body.decode()
    assert "example.org/outlook?v=x" in svg and "demo_r_pjangrp3" in svg
    assert texts_of(view_file(drawn, view, metadata, "png").body)["Title"] == drawn.headline
    assert view_file(drawn, view, metadata, "pdf").body.startswith(b"%PDF")
    lines = view_file(drawn, view, metadata, "csv").body.decode("utf-8-sig").splitlines()
    assert len(lines) == 1 + 4 * 16 and all("estimated" in line and "eigene Berechnung" in line for line in lines[1:])
    assert f";{round(ahead.alone.people[-1])};" in "\n".join(lines)
    assert zipfile.ZipFile(io.BytesIO(view_file(drawn, view, metadata, "xlsx").body)).testzip() is None


def test_the_block_to_share_holds_exactly_this_state():
    page = opened("outlook.py", r="03103", participation="-2")
    page.session_state["outlook_share"] = True
    page.run()
    link = page.code[0].value.splitlines()[1]
    assert link.startswith("/outlook?r=03103&participation=-2&v=2")
    assert "eigene Berechnung" in page.code[1].value


def test_without_age_structures_the_page_says_so(small_data: Path, monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setenv("ETL_DATA_DIR", str(small_data))
    page = opened("outlook.py", r="99999")
    assert page.info[0].value == text("de", "outlook.none") and "99999" in page.warning[0].value
