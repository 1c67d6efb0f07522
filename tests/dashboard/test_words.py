"""No page shows a key, a placeholder or the words of the other language, whatever its address asks for."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from dashboard.metadata import Metadata
from dashboard.metadata_reading import read_metadata
from dashboard.page import PATHS
from dashboard.store import current_store
from dashboard.text import LANGUAGES, texts
from tests.dashboard.reading import opened, said
from tests.dashboard.small_store import FIRST

KEYS = re.compile(
    "|".join(rf"\b{re.escape(group)}\.[a-z_]+" for group in sorted({k.split(".")[0] for k in texts("de")}))
)
PLACEHOLDER = re.compile(r"\{[a-z_]+\}")
LINKS = re.compile(r"\]\([^)]*\)|`[^`]*`|https?://\S+|/[\w-]*\?\S+|:material/\w+:|<[^>]*>")
QUOTED = re.compile(r"„[^“]*“|\"[^\"]*\"|[\w-]+\.[a-z]{2,}\b")  # what is told of a word or a file, not said in it
FOREIGN = {
    "de": re.compile(r"\b(the|of|with|not|are|figures?|districts?|sources?|licence|unknown|shown?|published|newest)\b"),
    "en": re.compile(r"\b(der|die|das|und|nicht|mit|Zahlen|Quelle|Kreise|Kennzahl|Lizenz|unbekannt|veröffentlicht)\b"),
}
BROKEN = {"i": "nothing", "r": "99999", "b": "x=y", "from_": "never", "as_": "wrong", "chart": "pie", "v": "old"}
SITUATIONS: dict[str, dict[str, str]] = {
    "plain": {},
    "broken": BROKEN,
    "earlier": {"v": FIRST},
    "elsewhere": {"r": "03102"},
}
VIEWS = [
    {"chart": "bar", "r": "BSR,03101,03153"},
    {"chart": "small-multiples", "as_": "index", "r": "03101,03102"},
    {"chart": "table", "as_": "share"},
    {"i": "unemployment_rate", "from_": "2030", "to": "2031"},
    {"i": "naturalisations,population", "as_": "change"},
]
SECTIONS = [key.split(".")[-1] for key in texts("de") if key.startswith("methods.sections.")]


def wrong(told: list[str], lang: str, names: frozenset[str]) -> list[str]:
    """The texts with a key, a placeholder or a word of the other language; ``names`` are data and stay as they are."""
    found = []
    for one in told:
        bare = one.replace("\\", "")
        for name in names:
            bare = bare.replace(name, "")
        words = LINKS.sub(" ", bare)
        hits = (KEYS.search(words), PLACEHOLDER.search(words), FOREIGN[lang].search(QUOTED.sub(" ", words)))
        found += [f"{hit.group()}: {bare[:200]}" for hit in hits if hit]
    return found


def official(metadata: Metadata, lang: str) -> frozenset[str]:
    """What publishers themselves write: their attributions are German on English pages too."""
    if lang == "de":
        return frozenset()
    bodies = ["Allianz für die Region"]
    parts = [part for s in metadata.sources.values() for part in s.attribution.de.split("{data}")]
    return frozenset(p for p in [*bodies, *parts, *(d.de for d in metadata.data_names.values())] if len(p) > 3)


@pytest.mark.parametrize("lang", LANGUAGES)
@pytest.mark.parametrize("situation", SITUATIONS)
@pytest.mark.parametrize("script", PATHS)
def test_every_page_speaks_one_language(script: str, situation: str, lang: str, metadata: Metadata):
    told = said(opened(script, lang=lang, **SITUATIONS[situation]))
    assert len(told) > 2 and wrong(told, lang, official(metadata, lang)) == []


@pytest.mark.parametrize("lang", LANGUAGES)
@pytest.mark.parametrize("view", VIEWS, ids=str)
def test_every_view_speaks_one_language(view: dict[str, str], lang: str, metadata: Metadata):
    assert wrong(said(opened("explore.py", lang=lang, **view)), lang, official(metadata, lang)) == []


@pytest.mark.parametrize("lang", LANGUAGES)
@pytest.mark.parametrize("section", SECTIONS)
def test_every_section_on_methods_speaks_one_language(section: str, lang: str, metadata: Metadata):
    assert wrong(said(opened("methods.py", lang=lang, section=section)), lang, official(metadata, lang)) == []


@pytest.mark.parametrize("lang", LANGUAGES)
@pytest.mark.parametrize("script", PATHS)
def test_every_page_of_the_real_figures_speaks_one_language(
    script: str, lang: str, extract_data: Path, monkeypatch: pytest.MonkeyPatch
):
    monkeypatch.setenv("ETL_DATA_DIR", str(extract_data))
    names = official(read_metadata(current_store()), lang)
    assert wrong(said(opened(script, lang=lang)), lang, names) == []


def test_without_a_store_every_page_says_so_in_its_language(tmp_path: Path, monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setenv("ETL_DATA_DIR", str(tmp_path))
    for script in PATHS:
        for lang in LANGUAGES:
            assert wrong(said(opened(script, lang=lang)), lang, frozenset()) == []


def test_a_key_a_placeholder_and_a_foreign_word_are_found():
    for one in ("app.title", "{figure}", "figures of the year"):
        assert wrong([one], "de", frozenset())
    assert wrong(["Zahlen"], "en", frozenset()) and not wrong(["Summe", "etl.yaml"], "de", frozenset())
