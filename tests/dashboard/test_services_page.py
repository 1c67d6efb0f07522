"""Who does what: the matrix of offers, its two readings with the people concerned, and its address."""

from __future__ import annotations

from dataclasses import replace

import pytest

from dashboard.metadata import Metadata
from dashboard.registers import Registers
from dashboard.service_matrix import NOTHING, columns_of, matrix, matrix_headline, matrix_table, reading_said, readings
from dashboard.services import Offers, Place, offers_params, read_offers
from dashboard.text import LANGUAGES, text
from tests.dashboard.readback import rows_of
from tests.dashboard.reading import opened, said
from tests.dashboard.small_store import FIRST
from tests.dashboard.test_pages import charts

PAGE = "services.py"


@pytest.fixture(autouse=True)
def _small(metadata: Metadata) -> None:
    """Every page of this file reads the small store."""


def offers(metadata: Metadata, **link: str) -> Offers:
    found = read_offers(link, metadata)
    assert found is not None
    return found


def whole(**link: str) -> str:
    return "\n".join(said(opened(PAGE, **link))).replace("\\", "")


def test_a_place_is_a_topic_where_it_arises_with_the_bodies_that_cover_the_district(metadata: Metadata):
    assert offers(metadata).places == (
        Place("worker", "work", "arrival", ("agency", "center")),
        Place("worker", "work", "work", ("agency", "center")),
        Place("refugee", "work", "arrival", ()),
        Place("refugee", "work", "work", ()),
        Place("worker", "living", "arrival", ("center",)),
        Place("refugee", "living", "arrival", ("town",)),
    )


def test_gaps_have_nobody_and_overlaps_have_several(metadata: Metadata):
    found = offers(metadata)
    assert [(p.group, p.topic) for p in found.gaps] == [("refugee", "work")] * 2
    assert [(p.group, p.topic) for p in found.overlaps] == [("worker", "work")] * 2


def test_a_body_that_does_not_cover_the_district_leaves_a_gap(metadata: Metadata):
    assert len(offers(metadata, r="03102").gaps) == 3 and "town" not in offers(metadata, r="03102").bodies
    assert len(offers(metadata, r="BSR").gaps) == 2  # the region has what any of its districts has


@pytest.mark.parametrize(
    "link",
    [
        {},
        {"by": "bodies", "group": "worker", "stage": "arrival", "r": "03102"},
        {"by": "stages", "r": "BSR", "v": FIRST, "lang": "en"},
    ],
)
def test_an_address_is_written_as_it_was_read(link: dict[str, str], metadata: Metadata):
    found = offers(metadata, **link)
    assert found.notes == () and offers_params(found, found.view, metadata) == link


@pytest.mark.parametrize(
    ("link", "key"),
    [
        ({"by": "colour"}, "unknown_value"),
        ({"group": "giants"}, "unknown_value"),
        ({"stage": "later"}, "unknown_value"),
        ({"r": "99999"}, "unknown_region"),
        ({"r": "03"}, "services_page.note_region"),
        ({"v": "old"}, "unknown_vintage"),
    ],
)
def test_what_an_address_cannot_give_falls_back_with_a_note(link: dict[str, str], key: str, metadata: Metadata):
    assert [note.key for note in offers(metadata, **link).notes] == [key]
    for lang in LANGUAGES:
        at = opened(PAGE, lang=lang, **link)
        assert len(at.warning) == 1 and at.title[0].value == text(lang, "app.services")


def test_a_cell_counts_bodies_and_tells_a_gap_without_colour(metadata: Metadata):
    heat = matrix(offers(metadata), {}, metadata)
    assert heat.rows == ("Begriff work", "Begriff living") and heat.columns == ("Begriff worker", "Begriff refugee")
    assert [(c.words, c.closed) for c in heat.cells] == [("2", False), ("0", True), ("1", False), ("1", False)]


def test_a_topic_that_does_not_arise_is_no_gap(metadata: Metadata):
    heat = matrix(offers(metadata, by="stages"), {}, metadata)
    assert [(c.words, c.closed) for c in heat.cells] == [
        ("2*", False),  # nobody for refugees
        ("2*", False),
        ("2", False),
        (NOTHING, False),
    ]


def test_bodies_show_their_footing_and_what_they_counted(metadata: Metadata):
    found = offers(metadata, by="bodies")
    heat = matrix(found, {("center", "living"): 1234.0}, metadata)
    words = {(c.row, c.column): c.words for c in heat.cells}
    assert list(columns_of(found, metadata)) == ["agency", "center", "town"]
    assert (words[0, 0], words[0, 1], words[0, 2]) == ("P", "F", NOTHING)
    assert (words[1, 0], words[1, 1], words[1, 2]) == (NOTHING, "F 1.234", "F")
    assert all(not c.closed for c in heat.cells)


def test_the_table_has_the_bodies_by_name(metadata: Metadata):
    rows = matrix_table(offers(metadata), {}, metadata).rows
    assert [cell.text for cell in rows[0]] == ["Begriff work", "agency DE, center DE", "niemand"]
    assert [cell.text for cell in rows[1]] == ["Begriff living", "center DE", "town DE"]


def test_the_headline_counts_what_the_readings_list(metadata: Metadata):
    found = offers(metadata)
    assert matrix_headline(found, metadata) == text(
        "de", "services_page.headline", place="Braunschweig", count=6, gaps=2, several=2
    )
    assert [reading_said(one, metadata, "en") for one in readings(found.gaps, metadata)] == [
        "term work (term arrival, term work)"
    ]
    assert [reading_said(one, metadata, "en") for one in readings(found.overlaps, metadata)] == [
        "term work (term arrival, term work): agency EN, center EN"
    ]


@pytest.mark.parametrize("lang", LANGUAGES)
def test_both_readings_name_the_people_potentially_concerned_and_the_caveat(lang: str):
    shown = whole(lang=lang)
    assert text(lang, "services_page.people_caveat") in shown and text(lang, "services_page.incomplete") in shown
    assert text(lang, "services_page.no_people") in shown  # of refugees no series is named
    people = {"de": "möglicherweise betroffen: 100", "en": "potentially concerned: 100"}[lang]
    assert people in shown and "31.12.2024" in shown.replace("31 December 2024", "31.12.2024")


def test_the_page_has_one_drawing_and_the_same_as_a_table():
    at = opened(PAGE)
    ((alt, spec),) = charts(at)
    assert alt.startswith("Matrix der Angebote.") and "Drucksache 1" in str(spec["title"])
    table = next(m.value for m in at.markdown if m.value.startswith("<table"))
    assert ["Begriff work", "agency DE, center DE", "niemand"] in rows_of(table)


def test_the_matrix_can_be_shared_with_its_finding():
    shown = whole(by="bodies")
    assert "Braunschweig: 6 Kombinationen" in shown and "[/services?by=bodies](/services?by=bodies)" in shown


def test_every_body_tells_offers_footing_and_sources():
    shown = whole()
    assert (
        "[§ 1 Gesetz](https://example.org/law)" in shown and "[Seite der Stelle](https://example.org/center)" in shown
    )
    assert shown.count("[Drucksache 1](https://example.org/paper)") == 6


def test_another_district_says_that_its_own_bodies_are_missing():
    assert "die eigenen Stellen dieses Kreises fehlen" in whole(r="03102")
    assert "die eigenen Stellen dieses Kreises fehlen" not in whole()


def test_changed_widgets_change_the_address():
    at = opened(PAGE)
    at.selectbox[2].set_value("03102").run()
    assert not at.exception and at.query_params["r"] in ("03102", ["03102"])
    at.get("button_group")[0].set_value("bodies").run()
    assert at.query_params["by"] in ("bodies", ["bodies"])
    assert text("de", "services_page.no_contacts") in "\n".join(said(at)).replace("\\", "")


def test_a_choice_without_gaps_or_overlaps_says_so():
    shown = whole(group="refugee", stage="arrival", r="03101")
    assert text("de", "services_page.no_overlaps") in shown
    assert text("de", "services_page.no_gaps") in whole(group="worker")


@pytest.mark.parametrize("lang", LANGUAGES)
def test_a_store_without_offers_says_so(lang: str, metadata: Metadata, monkeypatch: pytest.MonkeyPatch):
    assert read_offers({}, replace(metadata, registers=Registers())) is None
    monkeypatch.setattr("dashboard.page.read_metadata", lambda store: replace(metadata, registers=Registers()))
    at = opened(PAGE, lang=lang)
    assert text(lang, "services_page.none") in at.info[0].value and not charts(at)
