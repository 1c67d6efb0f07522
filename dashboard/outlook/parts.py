"""The parts of the page beneath the chart: districts, back-test, assumptions, method, files."""

from __future__ import annotations

from collections.abc import Callable

import streamlit as st

from dashboard.addresses import FileKind
from dashboard.drawn import Drawing
from dashboard.exports.files import view_file
from dashboard.exports.shown import citation
from dashboard.metadata import Lang
from dashboard.outlook.assumptions import Assumption, Assumptions, read_assumptions
from dashboard.outlook.drawing import district_table, test_table
from dashboard.outlook.scenario import Prepared, Scenario
from dashboard.outlook.words import tested
from dashboard.page import Page, base_address
from dashboard.prose import link
from dashboard.sharing import PICTURES
from dashboard.tables import escaped, show_table, small, wide_box
from dashboard.text import text

_TABLES: tuple[FileKind, ...] = ("csv", "xlsx")


def show_districts(page: Page, prepared: Prepared, scenario: Scenario) -> None:
    """All districts under the reader's participation and retention."""
    lang = page.lang
    st.header(text(lang, "outlook.districts"), anchor=False)
    st.markdown(small(text(lang, "outlook.districts_about", start=prepared.start, end=prepared.end)))
    with wide_box():
        show_table(district_table(prepared, scenario, page.metadata, lang), text(lang, "outlook.districts"))


def show_test(page: Page, prepared: Prepared) -> None:
    """How the model would have done some years ago, beside constant growth."""
    lang, test = page.lang, prepared.test
    st.header(text(lang, "outlook.test"), anchor=False)
    if test is None:
        st.markdown(text(lang, "outlook.no_test", years=prepared.assumptions.settings["test_years"]))
        return
    st.markdown(escaped(tested(test, prepared.assumptions.settings["enough_districts"], page.metadata, lang)))
    with wide_box():
        show_table(test_table(test, page.metadata, lang), text(lang, "outlook.test"))
    st.markdown(small(text(lang, "outlook.test_about", start=test.start, end=test.end)))
    if test.broken:
        st.markdown(small(text(lang, "outlook.test_broken")))


def show_assumptions(assumptions: Assumptions, lang: Lang) -> None:
    """Every assumption with its reason and its source."""
    lines = []
    for one in assumptions.listed:
        source = f" {_source(one, lang)}" if one.source else ""
        lines.append(f"- **{escaped(one.title.to(lang))}**{_value(one)}: {escaped(one.reason.to(lang))}{source}")
    st.markdown("\n".join(lines))


def show_method(assumptions: Assumptions, lang: Lang) -> None:
    """How the model works, step by step."""
    st.markdown(text(lang, "outlook.method", **assumptions.settings))


def show_outlook(page: Page) -> None:
    """The section on methods: how the years ahead are worked out, and every assumption."""
    lang = page.lang
    st.markdown(escaped(text(lang, "outlook.about")))
    assumptions = read_assumptions(page.store)
    if assumptions is not None:
        show_method(assumptions, lang)
        st.subheader(text(lang, "outlook.assumptions"), anchor=False)
        show_assumptions(assumptions, lang)


def show_files(page: Page, light: Callable[[], Drawing]) -> None:
    """Link, pictures, tables and citation. ``light`` draws the page on the light ground, as files need it."""
    _files(page, light)


@st.fragment
def _files(page: Page, light: Callable[[], Drawing]) -> None:
    """Filled only when it is opened."""
    lang = page.lang
    box = st.expander(text(lang, "sharing.title"), icon=":material/share:", key="outlook_share", on_change="rerun")
    if not box.open:
        return
    drawn, base = light(), base_address()
    with box:
        st.markdown(f"**{text(lang, 'sharing.link')}**")
        st.code(f"{drawn.headline}\n{base}{drawn.link}", language=None, wrap_lines=True)
        for heading, kinds in (("sharing.picture", PICTURES), ("sharing.figures", _TABLES)):
            st.markdown(f"**{text(lang, heading)}**")
            with st.container(horizontal=True, gap="small"):
                for kind in kinds:
                    _download(page, drawn, kind, base)
        st.markdown(f"**{text(lang, 'sharing.cite')}**")
        st.code(citation(drawn, page.view, page.metadata, base + drawn.link), language=None, wrap_lines=True)


def _download(page: Page, drawn: Drawing, kind: FileKind, base: str) -> None:
    def made() -> bytes:
        return view_file(drawn, page.view, page.metadata, kind, base).body

    st.download_button(
        text(page.lang, f"sharing.files.{kind}"),
        made,
        file_name=f"outlook_{page.view.vintage or page.metadata.current}.{kind}",
        on_click="ignore",
        key=f"outlook_{kind}",
    )


def _source(one: Assumption, lang: Lang) -> str:
    said = one.source.to(lang) if one.source else ""
    return f"({link(said, one.link)})" if one.link else f"({escaped(said)})"


def _value(one: Assumption) -> str:
    return f" ({one.value:g})" if one.kind == "setting" and one.value is not None else ""
