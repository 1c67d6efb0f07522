"""Nutzen und Teilen: the one block beneath every chart, with its links, files, citation and code for embedding."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from html import escape

import streamlit as st

from dashboard.addresses import FileKind, chart_address, data_address, embed_address, fixed, newest
from dashboard.drawn import Drawing
from dashboard.exports.shown import citation
from dashboard.meeting.adding import show_add_button
from dashboard.metadata import Lang
from dashboard.page import Page, base_address
from dashboard.tables import escaped, small
from dashboard.text import text
from dashboard.view import View, address, to_params

PICTURES: tuple[FileKind, ...] = ("png", "svg", "pdf")
TABLES: tuple[FileKind, ...] = ("csv", "xlsx", "json")
_STATES = ("newest", "fixed")  # which figures a link shows
_FRAME_HEIGHT = 720  # px of an embedded chart with its words around it
_PANELS_HEIGHT = 900  # px where several panels stand beneath each other


def show_sharing(
    drawn: Drawing,
    page: Page,
    path: str,
    params_of: Callable[[View], Mapping[str, str]],
    *,
    key: str = "share",
    compact: bool = False,
) -> None:
    """The block for the chart of ``page.view``, and the button that puts it into the meeting file.

    ``path`` and ``params_of`` write the page's own address of a view; ``key`` tells the block from others of the page;
    the compact form is a button instead of a box over the whole width.
    """
    show_add_button(page.view, page.metadata, key)
    _block(drawn, page, path, params_of, key, compact)


@st.fragment
def show_address_sharing(
    headline: str, page: Page, path: str, params_of: Callable[[View], Mapping[str, str]], *, key: str = "share"
) -> None:
    """The block for a picture that is made of no observations: its link, of the newest or of this state of the data.

    It is a few words, so it is there before it is opened; a box to copy from would cost the first visit more.
    """
    with st.expander(text(page.lang, "sharing.title"), icon=":material/share:", key=f"{key}_box"):
        view = _of_state(page, key)
        link = base_address() + address(path, params_of(view))
        st.markdown(f"**{text(page.lang, 'sharing.link')}**\n\n{escaped(headline)}  \n[{escaped(link)}]({link})")


def embed_code(title: str, link: str, *, panels: bool) -> str:
    """The HTML that shows the chart on another site; ``title`` names the frame for screen readers."""
    height = _PANELS_HEIGHT if panels else _FRAME_HEIGHT
    return (
        f'<iframe src="{escape(link)}" title="{escape(title)}" width="100%" height="{height}" loading="lazy" '
        'style="border:0"></iframe>'
    )


@st.fragment
def _block(
    drawn: Drawing, page: Page, path: str, params_of: Callable[[View], Mapping[str, str]], key: str, compact: bool
) -> None:
    """Filled only when it is opened: what copies a text is a third of all that a first visit loads."""
    label, opened_by = text(page.lang, "sharing.title"), f"{key}_box"
    if compact:
        button = st.popover(label, icon=":material/share:", type="tertiary", key=opened_by, on_change="rerun")
        if button.open:
            with button:
                _content(drawn, page, path, params_of, key)
        return
    box = st.expander(label, icon=":material/share:", key=opened_by, on_change="rerun")
    if box.open:
        with box:
            _content(drawn, page, path, params_of, key)


def _content(drawn: Drawing, page: Page, path: str, params_of: Callable[[View], Mapping[str, str]], key: str) -> None:
    lang, metadata = page.lang, page.metadata
    view = _of_state(page, key)
    base = base_address()
    st.markdown(f"**{text(lang, 'sharing.link')}**")
    _to_copy(f"{drawn.headline}\n{base}{address(path, params_of(view))}")
    _links(
        "sharing.picture",
        {f"sharing.files.{kind}": base + chart_address(view, metadata, kind) for kind in PICTURES},
        lang,
    )
    _links(
        "sharing.figures",
        {f"sharing.files.{kind}": base + chart_address(view, metadata, kind) for kind in TABLES},
        lang,
    )
    published = {
        "sharing.machine_csv": base + data_address(view, metadata, "csv"),
        "sharing.machine_json": base + data_address(view, metadata, "json"),
    }
    _links("sharing.published", published, lang)
    st.markdown(f"**{text(lang, 'sharing.cite')}**")
    exact = fixed(page.view, metadata)
    _to_copy(citation(drawn, exact, metadata, base + address(path, params_of(exact))))
    st.markdown(f"**{text(lang, 'sharing.embed')}**")
    st.markdown(small(text(lang, "sharing.embed_help")))
    embedded = base + embed_address(to_params(view, metadata))
    _to_copy(embed_code(drawn.headline, embedded, panels=len(drawn.charts) > 1))


def _of_state(page: Page, key: str) -> View:
    """The page's view with the figures that the reader wants a link to show."""
    state = st.radio(
        text(page.lang, "sharing.state"),
        _STATES,
        index=_STATES.index("fixed" if page.view.vintage else "newest"),
        format_func=lambda one: text(page.lang, f"sharing.states.{one}"),
        horizontal=True,
        key=f"{key}_state",
    )
    return fixed(page.view, page.metadata) if state == "fixed" else newest(page.view)


def _to_copy(said: str) -> None:
    st.code(said, language=None, wrap_lines=True)


def _links(heading: str, links: Mapping[str, str], lang: Lang) -> None:
    """Links that stand beside each other, large enough for a thumb."""
    st.markdown(f"**{text(lang, heading)}**")
    with st.container(horizontal=True, gap="small"):
        for said, link in links.items():
            st.link_button(text(lang, said), link)
