from __future__ import annotations

from pathlib import Path

import pytest

from dashboard.glossary import entries
from dashboard.metadata import Metadata
from dashboard.operator import ACCESSIBILITY_CONTACT, IMPRINT, LONGEST, operator_text
from dashboard.text import LANGUAGES, text, texts
from dashboard.view import PARAMETERS
from tests.dashboard.reading import FOLDER, opened, said

PAGE = "methods.py"
SECTIONS = [key.split(".")[-1] for key in texts("de") if key.startswith("methods.sections.")]


@pytest.fixture(autouse=True)
def _small(metadata: Metadata, monkeypatch: pytest.MonkeyPatch) -> None:
    """Every page of this file reads the small store; the operator has said nothing."""
    for setting in (IMPRINT, ACCESSIBILITY_CONTACT):
        monkeypatch.delenv(setting, raising=False)


def whole(**link: str) -> str:
    return "\n".join(said(opened(PAGE, **link))).replace("\\", "")


@pytest.mark.parametrize("lang", LANGUAGES)
@pytest.mark.parametrize("section", SECTIONS)
def test_the_address_names_the_section(section: str, lang: str):
    at = opened(PAGE, section=section, lang=lang)
    assert [h.value for h in at.header] == [text(lang, f"methods.sections.{section}")]
    assert len(at.title) == 1


def test_a_chosen_section_is_in_the_address():
    at = opened(PAGE)
    at.get("button_group")[0].set_value("glossary").run()
    assert not at.exception and at.query_params["section"] in ("glossary", ["glossary"])
    assert at.header[0].value == text("de", "methods.sections.glossary")


def test_an_unknown_section_leaves_a_note_and_the_first():
    at = opened(PAGE, section="<b>x</b>" * 20)
    assert "„<b>x" in at.warning[0].value.replace("\\", "") and len(at.warning[0].value) < 250
    assert at.header[0].value == text("de", f"methods.sections.{SECTIONS[0]}")


def test_every_parameter_of_an_address_is_explained():
    shown = whole(section="links")
    assert all(f"<code>{name}</code>" in shown for name in (*PARAMETERS, "section"))


@pytest.mark.parametrize("lang", LANGUAGES)
def test_every_indicator_is_told_with_definition_reading_source_and_licence(metadata: Metadata, lang: str):
    shown = whole(section="indicators", lang=lang)
    for indicator in metadata.indicators.values():
        assert indicator.title.to(lang) in shown
    population = shown[shown.index(metadata.indicators["population"].title.to(lang)) :]
    for part in ("definition", "reading"):
        assert getattr(metadata.indicators["population"], part).to(lang) in population
    assert "1-1](https://example.org)" in population and metadata.sources["lsn"].licence.to(lang) in population
    assert metadata.indicators["population"].breaks[0].text.to(lang) in population


@pytest.mark.parametrize("lang", LANGUAGES)
def test_the_glossary_is_in_the_order_of_the_alphabet_and_holds_the_codes_of_the_store(metadata: Metadata, lang: str):
    terms = [entry.term for entry in entries(metadata, lang)]
    plain = [t.casefold().lstrip('„"‚§ ').translate(str.maketrans("äöü", "aou")) for t in terms]
    assert plain == sorted(plain) and len(terms) == len({*terms}) > 30
    assert "Erstkontakt" in terms
    assert all(entry.meaning for entry in entries(metadata, lang))


def test_every_event_stands_with_its_source(metadata: Metadata):
    shown = whole(section="events")
    assert metadata.events and all(e.title.de in shown and e.source.de in shown for e in metadata.events)


def test_without_the_operator_the_page_says_what_is_missing():
    assert text("de", "methods.imprint.none") in whole(section="imprint")
    assert text("de", "methods.accessibility.no_contact") in whole(section="accessibility")


def test_the_operators_words_are_shown_in_the_readers_language(tmp_path: Path, monkeypatch: pytest.MonkeyPatch):
    (tmp_path / "imprint.md").write_text("Stadt Braunschweig, **Größe**", encoding="utf-8")
    (tmp_path / "imprint.en.md").write_text("City of Braunschweig", encoding="utf-8")
    monkeypatch.setenv(IMPRINT, str(tmp_path / "imprint.md"))
    monkeypatch.setenv(ACCESSIBILITY_CONTACT, str(tmp_path / "imprint.md"))
    assert "Stadt Braunschweig, **Größe**" in whole(section="imprint")
    assert "City of Braunschweig" in whole(section="imprint", lang="en")
    shown = whole(section="accessibility")
    assert "Stadt Braunschweig" in shown and text("de", "methods.accessibility.no_contact") not in shown


@pytest.mark.parametrize("content", [None, b"\xff\xfe\xff", b"x" * (LONGEST + 1), b"  \n"])
def test_a_file_that_cannot_be_shown_counts_as_none(
    content: bytes | None, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
):
    path = tmp_path / "imprint.md"
    if content is not None:
        path.write_bytes(content)
    monkeypatch.setenv(IMPRINT, str(path))
    assert operator_text(IMPRINT, "de") is None


def test_the_statement_names_the_rules_that_the_framework_breaks():
    rules = [key.removeprefix("methods.streamlit_rules.") for key in texts("de") if "streamlit_rules." in key]
    shown = whole(section="accessibility")
    assert len(rules) <= 3 and all(f"`{rule}`" in shown for rule in rules)
    assert (text("de", "methods.accessibility.no_rules") in shown) == (not rules)


def test_both_settings_of_the_operator_are_documented():
    documents = [*FOLDER.parent.glob("*.md"), *(FOLDER.parent / "deploy").glob("*.md")]
    said_there = "".join(p.read_text(encoding="utf-8") for p in documents)
    assert IMPRINT in said_there and ACCESSIBILITY_CONTACT in said_there
