"""The banner of an address that asks for an earlier state of the data: what was revised since, then and now."""

from __future__ import annotations

from collections.abc import Sequence

import streamlit as st

from dashboard import formats
from dashboard.charting import drawing
from dashboard.charts.palette import Theme
from dashboard.metadata import Lang, Metadata
from dashboard.revised import Revision, merged, revision, revision_table
from dashboard.store import Store
from dashboard.tables import escaped, show_table, small, wide_box
from dashboard.text import LANGUAGES, text
from dashboard.view import View

DATA_STATUS = "data_status.py"  # the page's script; dashboard/page.py imports this module
MOST_ROWS = 100  # of the table; whoever wants more takes the files


def show_banner(store: Store, metadata: Metadata, views: Sequence[View], theme: Theme) -> None:
    """Says which state the reader sees and what of the views' figures is told otherwise now. All views have the
    same vintage, which must not be the current one."""
    lang = views[0].lang
    revisions = merged([_revision(store, metadata, store.path.name, view, theme) for view in dict.fromkeys(views)])
    with st.container(key="past_state", gap="xsmall"):
        st.info(escaped(banner_text(revisions, metadata, lang)), icon=":material/history:")
        st.button(text(lang, "past.newest"), key="newest_state", icon=":material/update:", on_click=_show_newest)
        if any(r.revised or r.withdrawn for r in revisions):
            with st.expander(text(lang, "past.then_and_now")):
                _show_table(revisions, metadata, lang)


def banner_text(revisions: Sequence[Revision], metadata: Metadata, lang: Lang) -> str:
    """Which state is shown, and how many of its figures were revised, came or went since."""
    vintage = metadata.vintages[revisions[0].view.vintage or metadata.current]
    said = text(lang, "past.seen", vintage=formats.moment(vintage.published_at, lang))
    counted = {
        "revised": sum(len(r.revised) for r in revisions),
        "new": sum(len(r.new) for r in revisions),
        "withdrawn": sum(len(r.withdrawn) for r in revisions),
    }
    if not any(counted.values()):
        return f"{said} {text(lang, 'past.nothing')}"
    told = [
        text(lang, f"past.{what}", figures=_figures(number, lang))
        for what, number in counted.items()
        if number or what == "revised"
    ]
    return f"{said} {text(lang, 'past.since', told=', '.join(told))}"


def _figures(number: int, lang: Lang) -> str:
    if number == 1:
        return text(lang, "past.one_figure")
    return text(lang, "past.figures", number=formats.number(number, 0, lang))


def _show_table(revisions: Sequence[Revision], metadata: Metadata, lang: Lang) -> None:
    table = revision_table(revisions, metadata, lang, MOST_ROWS)
    every = sum(len(r.revised) + len(r.withdrawn) for r in revisions)
    with wide_box():
        show_table(table, text(lang, "past.then_and_now"))
        st.page_link(
            DATA_STATUS,
            label=text(lang, "past.every_change"),
            icon=":material/history:",
            query_params={} if lang == LANGUAGES[0] else {"lang": lang},
        )
    st.markdown(small(text(lang, "past.own")))
    if every > len(table.rows):
        shown = formats.number(len(table.rows), 0, lang)
        st.markdown(small(text(lang, "past.more", shown=shown, number=formats.number(every, 0, lang))))


def _show_newest() -> None:
    del st.query_params["v"]


@st.cache_resource(max_entries=200, show_spinner=False)
def _revision(_store: Store, _metadata: Metadata, store_name: str, view: View, theme: Theme) -> Revision:
    shown = drawing(_store, _metadata, store_name, view, theme).figures if view.chart == "map" else None
    return revision(_store, _metadata, view, shown)
