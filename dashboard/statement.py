"""Accessibility statement and imprint: what the project knows, and what only the operator can say."""

from __future__ import annotations

import streamlit as st

from dashboard.frame import PLAIN
from dashboard.operator import ACCESSIBILITY_CONTACT, IMPRINT, operator_text
from dashboard.page import Page
from dashboard.prose import link
from dashboard.tables import escaped
from dashboard.text import LANGUAGES, text, texts
from dashboard.view import address

RULES = "methods.streamlit_rules."  # one key for each axe rule that Streamlit itself breaks


def show_accessibility(page: Page) -> None:
    """The statement of BITV 2.0: measure, state, limits, contact, enforcement body."""
    lang = page.lang
    st.markdown(text(lang, "methods.accessibility.text"))
    st.subheader(text(lang, "methods.accessibility.state_title"), anchor=False)
    st.markdown(text(lang, "methods.accessibility.state"))
    st.subheader(text(lang, "methods.accessibility.offered_title"), anchor=False)
    params = {} if lang == LANGUAGES[0] else {"lang": lang}
    plain = link(text(lang, "methods.accessibility.plain"), address(PLAIN.removeprefix("/"), params))
    st.markdown(f"{text(lang, 'methods.accessibility.offered')} {plain}")
    st.subheader(text(lang, "methods.accessibility.limits_title"), anchor=False)
    st.markdown(text(lang, "methods.accessibility.limits"))
    st.subheader(text(lang, "methods.accessibility.streamlit_title"), anchor=False)
    st.markdown(text(lang, "methods.accessibility.streamlit"))
    rules = [f"- `{key.removeprefix(RULES)}`: {said}" for key, said in texts(lang).items() if key.startswith(RULES)]
    st.markdown(text(lang, "methods.accessibility.rules" if rules else "methods.accessibility.no_rules"))
    st.markdown("\n".join(rules))
    st.subheader(text(lang, "methods.accessibility.contact_title"), anchor=False)
    _operator(page, ACCESSIBILITY_CONTACT, "methods.accessibility.no_contact")


def show_imprint(page: Page) -> None:
    """The operator's imprint, or that there is none yet."""
    _operator(page, IMPRINT, "methods.imprint.none")


def _operator(page: Page, setting: str, absent: str) -> None:
    said = operator_text(setting, page.lang)
    if said is None:
        st.info(escaped(text(page.lang, absent)), icon=":material/info:")
    else:
        st.markdown(said)
