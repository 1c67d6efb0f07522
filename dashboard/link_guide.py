"""The section on methods that explains addresses: of pages, of files, of pictures."""

from __future__ import annotations

from html import escape

import streamlit as st

from dashboard import api_data, api_plain, feed, openapi
from dashboard.addresses import CHART_ROUTE, DATA_ROUTE
from dashboard.outlook import address as outlook
from dashboard.page import Page
from dashboard.prose import show_words
from dashboard.tables import escaped
from dashboard.text import text
from dashboard.view import PARAMETERS

# address and the key of what it gives
ROUTES = (
    (f"{DATA_ROUTE}.csv", "observations"),
    (api_data.INDICATORS, "indicators"),
    (f"{CHART_ROUTE}.svg", "view"),
    (api_plain.INDEX, "plain_index"),
    (feed.PATH, "feed"),
    (api_data.HEALTH, "health"),
    (openapi.PATH, "openapi"),
)


def show_links(page: Page) -> None:
    """Parameters of addresses, routes for programs, embedding."""
    lang = page.lang
    st.markdown(escaped(text(lang, "methods.links.about")))
    meanings = [(f"<code>{name}</code>", escape(text(lang, f"api.parameters.{name}"))) for name in PARAMETERS]
    meanings.append(("<code>section</code>", escape(text(lang, "methods.links.section"))))
    own = {
        outlook.MIGRATION: "outlook.address_migration",
        outlook.PROFILE: "outlook.address_profile",
        outlook.PARTICIPATION: "outlook.address_participation",
        outlook.RETENTION: "outlook.address_retention",
    }
    meanings += [(f"<code>{name}</code>", escape(text(lang, key))) for name, key in own.items()]
    columns = [text(lang, f"methods.links.{c}") for c in ("parameter", "meaning")]
    show_words(columns, meanings, text(lang, "methods.sections.links"))
    st.subheader(text(lang, "methods.links.programs"), anchor=False)
    st.markdown(escaped(text(lang, "methods.links.programs_about")))
    routes = (
        f"- [{escaped(path)}]({path.removeprefix('/')}): {escaped(text(lang, f'api.routes.{name}'))}"
        for path, name in ROUTES
    )
    st.markdown("\n".join(routes))
    st.subheader(text(lang, "methods.links.embed"), anchor=False)
    st.markdown(escaped(text(lang, "methods.links.embed_about")))
