from __future__ import annotations

import re
from pathlib import Path
from typing import get_args

import pytest

from dashboard import links
from dashboard.choices import CHARTS, MEASURES
from dashboard.controls import THEMES
from dashboard.text import texts
from etl.entries import Theme

FOLDER = Path(__file__).resolve().parents[2] / "dashboard"
CODE = {path: path.read_text(encoding="utf-8") for path in FOLDER.rglob("*.py")}
LITERAL = re.compile(r"[\"']([a-z_]+\.[a-z_0-9-]+(?:\.[a-z_0-9-]+)?)[\"']")
# keys that are put together from a part and a value; each value is checked where it is defined
COMPOSED = ("status.", "nouns.", "notes.", "periods.", "period_kinds.", "measures.", "charts.")
COMPOSED += ("wholes.", "themes.", "headlines.counted", "headlines.named", "headlines.more", "headlines.less")
COMPOSED += ("headlines.fewer", "app.", "pairs.both_", "pairs.up_down", "pairs.down_up", "pairs.unchanged")
COMPOSED += ("pairs.uncompared", "pairs.all_", "pairs.some_", "pairs.risen", "pairs.fallen", "pairs.same")
COMPOSED += ("pairs.secret_newest", "pairs.without_figures", "in_places.", "headlines.many_", "headlines.index_")
COMPOSED += ("tiles.", "stories.", "map.near", "map.wide")
COMPOSED += ("streamlit.", "shell.descriptions.", "glossary.", "methods.sections.", "methods.reading.")
COMPOSED += ("methods.indicator.", "methods.sources.columns.", "methods.links.", "methods.streamlit_rules.")
COMPOSED += ("data_status.columns.", "data_status.states.", "data_status.actions.")
COMPOSED += ("past.revised", "past.new", "past.withdrawn", "past.then", "past.now", "past.difference")
COMPOSED += ("sharing.states.", "sharing.files.", "legend.")
COMPOSED += ("measures_page.columns.", "measures_page.duty.", "measures_page.status.", "measures_page.how.")
COMPOSED += ("measures_page.found_", "measures_page.not_found_", "measures_page.placebo_", "methods.before_after.")
COMPOSED += ("services_page.ways.", "services_page.gaps", "services_page.overlaps", "services_page.no_")
COMPOSED += ("changes.revised", "changes.withdrawn", "plain.", "api.")
COMPOSED += ("round_table.cover.", "round_table.filters.", "round_table.modes.", "round_table.pdf", "round_table.pptx")
COMPOSED += ("round_table.html", "round_table.up_of", "round_table.down_of")


def test_both_languages_have_the_same_keys_and_placeholders():
    german, english = texts("de"), texts("en")
    assert german.keys() == english.keys()
    for key, said in german.items():
        assert sorted(re.findall(r"{\w+}", said)) == sorted(re.findall(r"{\w+}", english[key])), key


def test_every_key_in_the_code_exists():
    groups = {key.split(".")[0] for key in texts("de")}
    used = {
        key
        for code in CODE.values()
        for key in LITERAL.findall(code)
        if key.split(".")[0] in groups and not key.endswith((".py", ".yaml", ".js", ".css"))
    }
    assert used and used <= texts("de").keys()


def test_no_text_is_left_over():
    code = "\n".join(CODE.values())
    own = [key for key in texts("de") if not key.startswith((*COMPOSED, "caveats.own_"))]
    assert [key for key in own if f'"{key}"' not in code and f"'{key}'" not in code] == []


@pytest.mark.parametrize("kind", ["reference_date", "year", "annual_average", "quarter", "month", "semester"])
def test_composed_keys_exist(kind: str):
    known = texts("de")
    assert f"period_kinds.{kind}" in known
    assert all(f"measures.{m}" in known for m in MEASURES) and all(f"charts.{c}" in known for c in CHARTS)


def test_every_note_that_a_view_can_leave_has_a_text():
    notes = re.findall(r"_note\(\s*\"(\w+)\"", CODE[FOLDER / "view.py"])
    notes += [links.NEWER, links.UNKNOWN]
    assert len(notes) > 5 and all(f"notes.{note}" in texts("de") for note in notes)


def test_every_theme_has_a_name():
    assert {key.removeprefix("themes.") for key in texts("de") if key.startswith("themes.")} == {*get_args(Theme)}
    assert {*THEMES} == {*get_args(Theme)}


def test_every_noun_is_of_an_indicator_of_the_catalogue():
    known = {path.stem for path in (FOLDER.parent / "data" / "catalogue" / "indicators").glob("*.yaml")}
    assert {key.removeprefix("nouns.") for key in texts("de") if key.startswith("nouns.")} <= known
