"""The parts of the page Wer macht was: the choice, the matrix, its two readings, and the bodies with their offers."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from typing import Any

import polars as pl
import streamlit as st

from dashboard import formats
from dashboard.charting import tile_drawing
from dashboard.charts.heatmap import heat_map
from dashboard.controls import plain
from dashboard.counselling import YEARS
from dashboard.measure_controls import series_name
from dashboard.measure_list import register_model, source_line
from dashboard.metadata import REGION_SUM
from dashboard.page import Page, go_to_address
from dashboard.prose import link
from dashboard.protection import PROVIDER
from dashboard.queries import Selection, observations
from dashboard.registers import Body, Citation, Service
from dashboard.service_matrix import Reading, matrix, matrix_headline, matrix_table, reading_said, readings
from dashboard.services import WAYS, Offers, offers_params, regions_offered
from dashboard.sharing import show_address_sharing
from dashboard.tables import escaped, show_table, small, wide_box
from dashboard.text import text
from dashboard.view import View

PATH = "/services"
BY, GROUP, STAGE, REGION = "w_services_by", "w_services_group", "w_services_stage", "w_services_region"
TOPIC = "topic"
MOST_COLUMNS = 5  # of a matrix that fits a phone; a wider one scrolls in its box
COLUMN_WIDTH, NAME_WIDTH = 120, 130  # px of the wider one


@dataclass(frozen=True)
class Contacts:
    """Counted contacts of the newest year by body and topic of the register; ``told`` names body, year and place."""

    counts: dict[tuple[str, str], float]
    told: tuple[str, ...]


def choose(page: Page, offers: Offers) -> None:
    """Columns, target group, stage and area."""
    lang, registers = page.lang, page.metadata.registers
    _keep(BY, offers.by)
    with st.container(key="noprint_services", gap="small"):
        st.pills(
            text(lang, "services_page.by"),
            list(WAYS),
            format_func=lambda by: plain(text(lang, f"services_page.ways.{by}")),
            key=BY,
            required=True,
            wrap=True,
            on_change=_changed,
            args=(page, offers, BY, lambda o, value: replace(o, by=value)),
        )
        columns = st.columns(3)
        with columns[0]:
            names = {"": text(lang, "services_page.all")} | {g.id: g.name.to(lang) for g in registers.groups.values()}
            _select(page, offers, GROUP, "services_page.group", names, offers.group, _with_group)
        with columns[1]:
            names = {"": text(lang, "services_page.all")} | {s.id: s.name.to(lang) for s in registers.stages.values()}
            _select(page, offers, STAGE, "services_page.stage", names, offers.stage, _with_stage)
        with columns[2]:
            names = {r: page.metadata.regions[r].short.to(lang) for r in regions_offered(page.metadata)}
            _select(page, offers, REGION, "services_page.region", names, offers.region, _with_region)


def show_matrix(page: Page, offers: Offers) -> None:
    """The finding, the matrix, what its signs mean, and the same as a table."""
    lang, metadata = page.lang, page.metadata
    contacts = _contacts(page, offers) if offers.by == "bodies" else Contacts({}, ())
    headline = matrix_headline(offers, metadata)
    st.header(escaped(headline), anchor=False)
    st.markdown(small(_subtitle(page, offers)))
    heat = matrix(offers, contacts.counts, metadata)
    footer = source_line([s for service in _shown_services(page, offers) for s in service.sources], lang)
    spec = heat_map(heat, register_model(footer, page.theme, lang))
    alt = text(lang, "services_page.alt", headline=headline)
    if len(heat.columns) <= MOST_COLUMNS:
        st.vega_lite_chart(spec, alt=alt, theme=None, width="stretch")
    else:
        with st.container(horizontal=True, wrap=False):
            width = NAME_WIDTH + COLUMN_WIDTH * len(heat.columns)
            st.vega_lite_chart(spec, alt=alt, theme=None, width=width)
    notes = [text(lang, "services_page.signs"), text(lang, "services_page.incomplete")]
    if offers.by == "bodies":
        notes += contacts.told or (text(lang, "services_page.no_contacts"),)
    if offers.region not in (metadata.members[0], REGION_SUM):
        place = metadata.regions[offers.region].short.to(lang)
        notes.append(text(lang, "services_page.elsewhere", place=place))
    st.markdown("\n".join(f"- {small(note)}" for note in notes))
    with st.expander(text(lang, "services_page.table")), wide_box():
        show_table(matrix_table(offers, contacts.counts, metadata), headline)
    show_address_sharing(headline, page, PATH, lambda view: offers_params(offers, view, metadata))


def show_readings(page: Page, offers: Offers) -> None:
    """Where nobody is, and where several are, each by target group with the people who may be concerned."""
    lang = page.lang
    told = (("gaps", offers.gaps), ("overlaps", offers.overlaps))
    for column, (name, places) in zip(st.columns(2, gap="large"), told, strict=True):
        with column:
            st.header(f"{text(lang, f'services_page.{name}')} ({len(places)})", anchor=False)
            st.markdown(text(lang, f"services_page.{name}_lead"))
            lines = readings(places, page.metadata)
            if not lines:
                st.markdown(text(lang, f"services_page.no_{name}"))
            for group in dict.fromkeys(line.group for line in lines):
                _show_group(page, offers, group, [line for line in lines if line.group == group])
    st.markdown(small(text(lang, "services_page.people_caveat")))


def show_bodies(page: Page, offers: Offers) -> None:
    """Every body that covers the area, with its offers, their footing, and the sources."""
    lang, metadata = page.lang, page.metadata
    st.header(text(lang, "services_page.bodies"), anchor=False)
    for body in offers.bodies.values():
        with st.expander(escaped(body.name.to(lang)), key=f"body_{body.id}"):
            st.markdown(escaped(body.about.to(lang)))
            st.markdown("\n".join(f"- {line}" for line in _body_lines(body, page)))
            own = [s for s in metadata.registers.services if s.body == body.id]
            st.markdown("\n\n".join(_offer(service, page) for service in own))


def _show_group(page: Page, offers: Offers, group: str, lines: Sequence[Reading]) -> None:
    lang, metadata = page.lang, page.metadata
    st.markdown(
        f"**{escaped(metadata.registers.groups[group].name.to(lang))}**  \n{small(_people(page, offers, group))}\n\n"
        + "\n".join(f"- {escaped(reading_said(line, metadata, lang))}" for line in lines)
    )


def _people(page: Page, offers: Offers, group: str) -> str:
    """The newest official figure of the people whom it may concern, with what it counts and where it is from."""
    lang, metadata = page.lang, page.metadata
    people = metadata.registers.groups[group].people
    indicator = metadata.indicators.get(people.indicator) if people else None
    if people is None or indicator is None or people.breakdown not in indicator.breakdowns:
        return text(lang, "services_page.no_people")
    region = offers.region if offers.region in indicator.regions else REGION_SUM
    if region not in indicator.regions:
        return text(lang, "services_page.no_people")
    view = View((indicator.id,), (region,), (people.breakdown,), vintage=page.view.vintage, lang=lang)
    drawn = tile_drawing(page.store, metadata, page.store.path.name, view, page.theme)
    if drawn is None:
        return text(lang, "services_page.no_people")
    return text(
        lang,
        "services_page.people",
        figure=drawn.facts.figure,
        title=series_name(people, metadata, view),
        place=metadata.regions[region].short.to(lang),
        period=drawn.facts.period,
        source=drawn.source,
    )


def _contacts(page: Page, offers: Offers) -> Contacts:
    """The newest year's contacts by topic of the bodies that count, where the store has them."""
    lang, registers = page.lang, page.metadata.registers
    counts: dict[tuple[str, str], float] = {}
    told = []
    for body in offers.bodies.values():
        if not body.provider:
            continue
        year, by_code = _counted(page.store, page.store.path.name, page.view.vintage, body.provider, offers.region)
        for topic in registers.topics.values():
            known = [by_code[code] for code in topic.counted_as if code in by_code]
            if known:
                counts[body.id, topic.id] = sum(known)
        if by_code:
            place = page.metadata.regions[offers.region].short.to(lang)
            told.append(text(lang, "services_page.contacts", body=body.name.to(lang), year=year, place=place))
    return Contacts(counts, tuple(told))


@st.cache_resource(max_entries=40, show_spinner=False)
def _counted(
    _store: Any,  # noqa: ANN401 - the leading underscore keeps Streamlit from hashing it
    store_name: str,
    vintage: str | None,
    provider: str,
    region: str,
) -> tuple[str, dict[str, float]]:
    """The newest year with published contacts by topic of a body in a region, and the contacts by code."""
    rows = observations(_store, Selection((YEARS,), (region,), vintage=vintage)).filter(pl.col("value").is_not_null())
    found: dict[str, dict[str, float]] = {}
    for year, breakdown, value in rows.select("period", "breakdown", "value").iter_rows():
        parts = dict(part.split("=", 1) for part in breakdown.split(";") if part)
        if parts.get(PROVIDER) == provider and TOPIC in parts:
            found.setdefault(str(year), {})[parts[TOPIC]] = value
    newest = max(found, default="")
    return newest, found.get(newest, {})


def _subtitle(page: Page, offers: Offers) -> str:
    lang, metadata = page.lang, page.metadata
    registers = metadata.registers
    chosen = [registers.groups[offers.group].name.to(lang)] if offers.group else []
    chosen += [registers.stages[offers.stage].name.to(lang)] if offers.stage else []
    vintage = metadata.vintages[page.view.vintage or metadata.current]
    return text(
        lang,
        "services_page.subtitle",
        columns=text(lang, f"services_page.ways.{offers.by}"),
        unit=text(lang, "services_page.unit_duty" if offers.by == "bodies" else "services_page.unit_bodies"),
        place=metadata.regions[offers.region].short.to(lang),
        scope=", ".join(chosen) or text(lang, "services_page.scope_all"),
        day=formats.day(vintage.published_at.date(), lang),
    )


def _shown_services(page: Page, offers: Offers) -> list[Service]:
    return [s for s in page.metadata.registers.services if s.body in offers.bodies]


def _body_lines(body: Body, page: Page) -> list[str]:
    lang, metadata = page.lang, page.metadata
    names = ", ".join(metadata.regions[r].short.to(lang) for r in body.coverage)
    if set(metadata.members) <= set(body.coverage):
        names = text(lang, "services_page.whole_region")
    lines = [escaped(text(lang, "services_page.coverage", names=names))]
    if body.contact:
        lines.append(link(text(lang, "services_page.contact"), body.contact))
    return [*lines, f"{escaped(text(lang, 'services_page.body_sources'))} {_cited(body.sources, page)}"]


def _offer(service: Service, page: Page) -> str:
    """An offer in Markdown: what it is, for whom, and on what footing."""
    lang, registers = page.lang, page.metadata.registers
    said = text(
        lang,
        "services_page.offer",
        topics=", ".join(registers.topics[t].name.to(lang) for t in service.topics),
        groups=", ".join(registers.groups[g].name.to(lang) for g in service.groups),
        stages=", ".join(registers.stages[s].name.to(lang) for s in service.stages),
    )
    basis = escaped(text(lang, "services_page.voluntary"))
    if service.basis:
        cited = link(service.basis.text.to(lang), service.basis.link)
        basis = text(lang, "services_page.basis", basis=cited)
    sources = f"{escaped(text(lang, 'services_page.body_sources'))} {_cited(service.sources, page)}"
    return f"**{escaped(service.what.to(lang))}**  \n{escaped(said)}  \n{basis}  \n:small[{sources}]"


def _cited(sources: Sequence[Citation], page: Page) -> str:
    return "; ".join(link(source.text.to(page.lang), source.link) for source in sources)


def _select(
    page: Page,
    offers: Offers,
    key: str,
    label: str,
    names: dict[str, str],
    value: str,
    changed: Callable[[Offers, Any], Offers],
) -> None:
    _keep(key, value)
    st.selectbox(
        text(page.lang, label),
        list(names),
        format_func=lambda one: names[one],
        key=key,
        on_change=_changed,
        args=(page, offers, key, changed),
    )


def _with_group(offers: Offers, value: str) -> Offers:
    return replace(offers, group=value)


def _with_stage(offers: Offers, value: str) -> Offers:
    return replace(offers, stage=value)


def _with_region(offers: Offers, value: str) -> Offers:
    return replace(offers, view=replace(offers.view, regions=(value,)))


def _changed(page: Page, offers: Offers, key: str, changed: Callable[[Offers, Any], Offers]) -> None:
    found = changed(offers, st.session_state[key])
    go_to_address(offers_params(found, found.view, page.metadata))


def _keep(key: str, value: object) -> None:
    """Sets a widget from the address before it is drawn."""
    if key not in st.session_state or st.session_state[key] != value:
        st.session_state[key] = value
