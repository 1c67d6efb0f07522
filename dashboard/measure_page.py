"""The page Massnahmen as its address says it: which measure, which of its series, where, beside which districts."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from dashboard.metadata import REGION_SUM, Indicator, Metadata
from dashboard.peers import districts_of
from dashboard.registers import START, STATUSES, Measure, Moved
from dashboard.view import LONGEST_NOTE_VALUE, Note, View, language_of, listed, read

MOST_OTHERS = 7  # their mean is drawn; more say nothing that these do not
OWN_PARAMETERS = ("m", "status", "i", "b", "r", "with")
NOBODY = "none"  # in an address: no district to compare with


@dataclass(frozen=True)
class Chosen:
    """What the page shows. ``view`` has the chosen series in the chosen region with the start drawn in; without
    ``series`` there is none. ``others`` are the districts to compare with, ``offered`` the regions to choose from."""

    measure: Measure
    status: str  # of the measures in the list; empty for all
    held: tuple[Moved, ...]  # the measure's series that there are figures of
    series: Moved | None
    offered: tuple[str, ...]
    others: tuple[str, ...]
    usual_others: tuple[str, ...]  # those of an address that names none
    view: View
    notes: tuple[Note, ...]

    @property
    def region(self) -> str:
        return self.view.regions[0]


def read_measures(params: Mapping[str, str], metadata: Metadata) -> Chosen | None:
    """The choice of an address; None where the store has no measure. What does not fit falls back and leaves a note."""
    measures = metadata.registers.measures
    if not measures:
        return None
    # what other pages read is read as well: a broken value has its note here too
    base, read_notes = read({key: value for key, value in params.items() if key not in OWN_PARAMETERS}, metadata)
    notes = list(read_notes)
    measure = _measure(params, metadata, notes)
    status = params.get("status", "").strip()
    if status and status not in {m.status for m in measures.values()}:
        notes.append(_note("unknown_value", parameter="status", value=status))
        status = ""
    held = series_of_measure(measure, metadata)
    series = _series(params, held, notes)
    if series is None:
        view = View(base.indicators, base.regions, base.breakdowns, vintage=base.vintage, lang=base.lang)
        return Chosen(measure, status, (), None, (), (), (), view, tuple(notes))
    indicator = metadata.indicators[series.indicator]
    offered = regions_of(measure, indicator, metadata)
    region = _region(params, offered, metadata, notes)
    view = View(
        (indicator.id,),
        (region,),
        (series.breakdown,),
        vintage=base.vintage,
        lang=base.lang,
        events=(f"{START}{measure.id}",) if measure.start else (),
    )
    possible = () if region == REGION_SUM else others_offered(measure, indicator, metadata)
    usual = tuple(one for one in measure.compared_with if one in possible)
    others = _others(params, usual, possible, notes)
    return Chosen(measure, status, held, series, offered, others, usual, view, tuple(notes))


def measure_params(chosen: Chosen, view: View) -> dict[str, str]:
    """The address of a choice as the given view has its data state and language; defaults are left out."""
    series = chosen.series
    first = series == chosen.held[0] if chosen.held else True
    found = {
        "m": chosen.measure.id,
        "status": chosen.status,
        "i": series.indicator if series and not first else "",
        "b": series.breakdown if series and not first else "",
        "r": chosen.region if series and chosen.region != chosen.offered[0] else "",
        "with": ",".join(chosen.others) or NOBODY if chosen.others != chosen.usual_others else "",
        "v": view.vintage or "",
        "lang": "" if view.lang == "de" else view.lang,
    }
    return {key: value for key, value in found.items() if value}


def series_of_measure(measure: Measure, metadata: Metadata) -> tuple[Moved, ...]:
    """The measure's series that the store has figures of."""
    return tuple(
        one
        for one in measure.indicators
        if (known := metadata.indicators.get(one.indicator)) and one.breakdown in known.breakdowns
    )


def regions_of(measure: Measure, indicator: Indicator, metadata: Metadata) -> tuple[str, ...]:
    """Where the measure can be looked at: its districts, before them their sum if they are the whole region."""
    whole = (REGION_SUM,) if is_regional(measure, metadata) else ()
    found = tuple(r for r in (*whole, *measure.districts) if r in indicator.regions)
    return found or indicator.regions[:1]


def others_offered(measure: Measure, indicator: Indicator, metadata: Metadata) -> tuple[str, ...]:
    """The districts that the measure can be compared with: those in which it did not begin. None for what began in the
    whole region, because that was a law for everybody or has no outside that was looked at."""
    if is_regional(measure, metadata):
        return ()
    return tuple(r for r in districts_of(metadata) if r in indicator.regions and r not in measure.districts)


def is_regional(measure: Measure, metadata: Metadata) -> bool:
    """Whether the measure began in all districts of the region."""
    return set(metadata.members) <= set(measure.districts)


def usual_measure(metadata: Metadata) -> Measure:
    """The first measure that has a start and a series to look at, else the first of all."""
    measures = list(metadata.registers.measures.values())
    return next((m for m in measures if m.start and series_of_measure(m, metadata)), measures[0])


def in_list(metadata: Metadata, status: str) -> tuple[Measure, ...]:
    """The measures of a status in the page's order; all of them without one."""
    return tuple(m for m in metadata.registers.measures.values() if status in ("", m.status))


def statuses(metadata: Metadata) -> tuple[str, ...]:
    """The statuses that occur."""
    held = {m.status for m in metadata.registers.measures.values()}
    return tuple(s for s in STATUSES if s in held)


def _measure(params: Mapping[str, str], metadata: Metadata, notes: list[Note]) -> Measure:
    wanted = params.get("m", "").strip()
    if wanted and wanted not in metadata.registers.measures:
        notes.append(_note("measures_page.note_unknown", value=wanted))
    return metadata.registers.measures.get(wanted) or usual_measure(metadata)


def _series(params: Mapping[str, str], held: Sequence[Moved], notes: list[Note]) -> Moved | None:
    wanted, breakdown = params.get("i", "").strip(), params.get("b", "").strip()
    fitting = [one for one in held if not wanted or one.indicator == wanted]
    exact = [one for one in fitting if not breakdown or one.breakdown == breakdown]
    if wanted and not fitting:
        notes.append(_note("measures_page.note_series", value=wanted))
    elif breakdown and not exact:
        notes.append(_note("unknown_breakdown", value=breakdown))
    return next(iter(exact or fitting or held), None)


def _region(params: Mapping[str, str], offered: Sequence[str], metadata: Metadata, notes: list[Note]) -> str:
    wanted = listed(params, "r")
    for one in wanted:
        if one not in metadata.regions:
            notes.append(_note("unknown_region", value=one))
    known = [one for one in wanted if one in metadata.regions]
    found = next((one for one in known if one in offered), None)
    if known and found is None:
        name = metadata.regions[known[0]].short.to(language_of(params))
        shown = metadata.regions[offered[0]].short.to(language_of(params))
        notes.append(_note("measures_page.note_region", value=name, shown=shown))
    return found or offered[0]


def _others(
    params: Mapping[str, str], usual: tuple[str, ...], possible: Sequence[str], notes: list[Note]
) -> tuple[str, ...]:
    wanted = listed(params, "with")
    if wanted == [NOBODY]:
        return ()
    notes += [_note("measures_page.note_other", value=one) for one in wanted if one not in possible]
    found = tuple(one for one in wanted if one in possible) or usual
    if len(found) > MOST_OTHERS:
        notes.append(_note("comparison.too_many", most=str(MOST_OTHERS)))
    return found[:MOST_OTHERS]


def _note(key: str, **values: str) -> Note:
    shown = {k: v if len(v) <= LONGEST_NOTE_VALUE else f"{v[:LONGEST_NOTE_VALUE]}…" for k, v in values.items()}
    return Note(key, tuple(shown.items()))
