"""The page's widgets. The address is the state: widgets are set from it, and a change rewrites it."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from typing import Any

import streamlit as st

from dashboard import formats
from dashboard.controls import plain
from dashboard.metadata import REGION_SUM
from dashboard.outlook.address import choices, elsewhere, migration_lever, nearest, outlook_params
from dashboard.outlook.scenario import PROFILES, Prepared, Scenario
from dashboard.page import Page, go_to_address
from dashboard.text import text

AREA, MIGRATION, PARTICIPATION = "w_outlook_area", "w_outlook_migration", "w_outlook_participation"
RETENTION, PROFILE = "w_outlook_retention", "w_outlook_profile"
Change = Callable[[Scenario, Any], Scenario]


def show_levers(page: Page, prepared: Prepared, area: str, scenario: Scenario) -> None:
    """Area, migration and the ages of those who move, participation, retention; a way back to the defaults."""
    lang, levers = page.lang, prepared.assumptions.levers
    _keep(AREA, area)
    st.selectbox(
        text(lang, "outlook.area"),
        [REGION_SUM, *page.metadata.members],
        format_func=lambda one: page.metadata.regions[one].short.to(lang),
        key=AREA,
        on_change=_area_changed,
        args=(page, prepared, scenario),
    )
    balance = migration_lever(prepared, area)
    usual = nearest(balance, prepared.balance(area))
    _slider(page, prepared, area, scenario, MIGRATION, scenario.migration if scenario.migration is not None else usual)
    _keep(PROFILE, scenario.profile)
    st.pills(
        text(lang, "outlook.profile"),
        list(PROFILES),
        format_func=lambda one: plain(text(lang, "outlook.profile_work" if one == "work" else "outlook.profile_all")),
        key=PROFILE,
        required=True,
        help=text(lang, "outlook.profile_help", **prepared.assumptions.settings),
        on_change=_changed,
        args=(page, prepared, area, scenario, PROFILE, lambda s, value: replace(s, profile=value)),
    )
    _slider(page, prepared, area, scenario, PARTICIPATION, scenario.participation)
    _slider(page, prepared, area, scenario, RETENTION, scenario.retention)
    untouched = Scenario(levers["participation"].value or 0, None, levers["retention"].value or 0)
    if scenario != untouched:
        st.button(
            text(lang, "outlook.reset"),
            key="outlook_reset",
            icon=":material/update:",
            on_click=_go,
            args=(page, prepared, area, untouched),
        )


def _slider(page: Page, prepared: Prepared, area: str, scenario: Scenario, key: str, value: float) -> None:
    lang, levers = page.lang, prepared.assumptions.levers
    label, about, said, lever, change = {
        MIGRATION: (
            "outlook.migration",
            "outlook.migration_help",
            lambda v: formats.signed(v, 0, lang),
            migration_lever(prepared, area),
            _with_migration,
        ),
        PARTICIPATION: (
            "outlook.participation",
            "outlook.participation_help",
            lambda v: text(lang, "outlook.points", number=formats.signed(v, 1, lang)),
            levers["participation"],
            _with_participation,
        ),
        RETENTION: (
            "outlook.retention",
            "outlook.retention_help",
            lambda v: formats.with_suffix(formats.number(v, 0, lang), "%", lang),
            levers["retention"],
            _with_retention,
        ),
    }[key]
    positions = choices(lever)
    _keep(key, nearest(lever, value))
    st.select_slider(
        text(lang, label),
        positions,
        format_func=said,
        key=key,
        help=text(lang, about),
        on_change=_changed,
        args=(page, prepared, area, scenario, key, change),
    )


def _with_migration(scenario: Scenario, value: float) -> Scenario:
    return replace(scenario, migration=value)


def _with_participation(scenario: Scenario, value: float) -> Scenario:
    return replace(scenario, participation=value)


def _with_retention(scenario: Scenario, value: float) -> Scenario:
    return replace(scenario, retention=value)


def _keep(key: str, value: object) -> None:
    """Sets a widget from the address before it is drawn."""
    if key not in st.session_state or st.session_state[key] != value:
        st.session_state[key] = value


def _area_changed(page: Page, prepared: Prepared, scenario: Scenario) -> None:
    _go(page, prepared, st.session_state[AREA], elsewhere(scenario))


def _changed(page: Page, prepared: Prepared, area: str, scenario: Scenario, key: str, change: Change) -> None:
    _go(page, prepared, area, change(scenario, st.session_state[key]))


def _go(page: Page, prepared: Prepared, area: str, scenario: Scenario) -> None:
    go_to_address(outlook_params(area, scenario, prepared, page.view))
