"""The state of the page in its address: area, migration, ages of movers, participation, retention, state, language.

What an address leaves out is the default: the region, the past balance, today's participation and retention.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from math import floor, log10

from dashboard.metadata import REGION_SUM, Metadata
from dashboard.outlook.assumptions import Lever
from dashboard.outlook.scenario import PROFILES, Prepared, Profile, Scenario
from dashboard.view import LONGEST_NOTE_VALUE, Note, View, listed, read

PATH = "/outlook"
MIGRATION, PARTICIPATION, RETENTION, PROFILE = "migration", "participation", "retention", "profile"
_PER_MILLE = 1000


@dataclass(frozen=True)
class Asked:
    """What an address asks for, valid for the prepared model, and what had to be changed to make it so."""

    area: str
    scenario: Scenario
    notes: tuple[Note, ...] = ()


def page_view(params: Mapping[str, str], metadata: Metadata) -> tuple[View, tuple[Note, ...]]:
    """The part of the address that all pages share, read without its regions, which mean something else here."""
    return read({key: value for key, value in params.items() if key != "r"}, metadata)


def read_outlook(params: Mapping[str, str], metadata: Metadata, prepared: Prepared) -> Asked:
    """The area and the assumptions of an address; what is unknown or out of bounds falls back with a note."""
    notes: list[Note] = []
    area = read_area(params, metadata, notes)
    levers = prepared.assumptions.levers
    scenario = Scenario(
        participation=_number(params, PARTICIPATION, levers[PARTICIPATION], notes) or 0,
        migration=_number(params, MIGRATION, migration_lever(prepared, area), notes),
        retention=_number(params, RETENTION, levers[RETENTION], notes) or 0,
        profile=_profile(params, notes),
    )
    return Asked(area, scenario, tuple(notes))


def outlook_params(area: str, scenario: Scenario, prepared: Prepared, view: View) -> dict[str, str]:
    """The address's parameters; defaults are left out."""
    levers = prepared.assumptions.levers
    usual = migration_lever(prepared, area)
    moved = scenario.migration is not None and scenario.migration != nearest(usual, prepared.balance(area))
    found = {
        "r": "" if area == REGION_SUM else area,
        MIGRATION: _written(scenario.migration) if scenario.migration is not None and moved else "",
        PARTICIPATION: _unless(scenario.participation, levers[PARTICIPATION].value),
        RETENTION: _unless(scenario.retention, levers[RETENTION].value),
        PROFILE: "" if scenario.profile == PROFILES[0] else scenario.profile,
        "v": view.vintage or "",
        "lang": "" if view.lang == "de" else view.lang,
    }
    return {key: value for key, value in found.items() if value}


def read_area(params: Mapping[str, str], metadata: Metadata, notes: list[Note]) -> str:
    """The first wanted region that is the region's sum or one of its districts."""
    areas, lang = (REGION_SUM, *metadata.members), page_view(params, metadata)[0].lang
    found: list[str] = []
    for wanted in listed(params, "r"):
        if wanted not in metadata.regions:
            notes.append(_note("unknown_region", value=wanted))
        elif wanted not in areas:
            notes.append(_note("outlook.note_area", value=metadata.regions[wanted].short.to(lang)))
        else:
            found.append(wanted)
    if len(found) > 1:
        notes.append(_note("outlook.note_one_area", value=metadata.regions[found[0]].short.to(lang)))
    return found[0] if found else REGION_SUM


def migration_lever(prepared: Prepared, area: str) -> Lever:
    """The lever for an area's yearly balance in people: the catalogue's bounds are per 1,000 of working age."""
    lever, size = prepared.assumptions.levers[MIGRATION], prepared.working(area) / _PER_MILLE
    step = 10.0 ** floor(log10(lever.step * size))
    return Lever(None, floor(lever.low * size / step) * step, -floor(-lever.high * size / step) * step, step)


def choices(lever: Lever) -> tuple[float, ...]:
    """All positions of a lever."""
    count = round((lever.high - lever.low) / lever.step)
    return tuple(round(lever.low + n * lever.step, 6) for n in range(count + 1))


def nearest(lever: Lever, value: float) -> float:
    """The position of a lever next to a value."""
    return min(choices(lever), key=lambda position: abs(position - value))


def elsewhere(scenario: Scenario) -> Scenario:
    """The scenario for another area: its balance was this area's own."""
    return replace(scenario, migration=None)


def _number(params: Mapping[str, str], key: str, lever: Lever, notes: list[Note]) -> float | None:
    """The value under a key on the next position of its lever; the lever's default where it is none."""
    given = params.get(key, "").strip()
    if not given:
        return lever.value
    try:
        value = float(given)
    except ValueError:
        value = float("nan")
    if not lever.low <= value <= lever.high:
        notes.append(_note("unknown_value", parameter=key, value=given))
        return lever.value
    position = nearest(lever, value)
    if position != value:
        notes.append(_note("outlook.note_step", parameter=key, value=given, shown=_written(position)))
    return position


def _profile(params: Mapping[str, str], notes: list[Note]) -> Profile:
    given = params.get(PROFILE, "").strip()
    for known in PROFILES:
        if given == known:
            return known
    if given:
        notes.append(_note("unknown_value", parameter=PROFILE, value=given))
    return PROFILES[0]


def _unless(value: float, usual: float | None) -> str:
    return "" if value == usual else _written(value)


def _written(value: float) -> str:
    return f"{value:g}" if value != int(value) else str(int(value))


def _note(key: str, **values: str) -> Note:
    shown = {k: v if len(v) <= LONGEST_NOTE_VALUE else f"{v[:LONGEST_NOTE_VALUE]}…" for k, v in values.items()}
    return Note(key, tuple(shown.items()))
