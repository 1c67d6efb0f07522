"""The view of the page Beratung: one body, one dimension, one length of period, read from and written to its address.

The parameters are those of every page. What an address leaves out is the page's own default: the first body with
figures, by kind of contact, in years, over all its offices; many series of months are drawn each in its own panel,
because their lines would cross at every step.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace

import polars as pl

from dashboard.choices import SERIES_CHARTS, Chart
from dashboard.metadata import REGION_SUM, Metadata
from dashboard.protection import PROVIDER
from dashboard.text import text
from dashboard.view import LONGEST_NOTE_VALUE, PARAMETERS, Note, View, language_of, listed, read, to_params

YEARS = "counselling_contacts"
QUARTERS = "counselling_contacts_quarterly"
MONTHS = "counselling_contacts_monthly"
LENGTHS = (YEARS, QUARTERS, MONTHS)  # the same contacts, counted over shorter and shorter periods

DIMENSIONS = ("kind", "group", "origin", "topic", "channel")
WHOLE, OFFICES = "whole", "offices"  # the body's total, and its offices side by side
DEFAULT_SPLIT = "kind"
MEASURES = ("number", "share")
MOST_MONTHLY_LINES = 2


@dataclass(frozen=True)
class Scope:
    """What there is of one body in one length of period: regions, the sum first, and breakdowns by dimension."""

    regions: tuple[str, ...]
    breakdowns: dict[str, tuple[str, ...]]

    @property
    def offices(self) -> tuple[str, ...]:
        return tuple(r for r in self.regions if r != REGION_SUM)

    @property
    def splits(self) -> tuple[str, ...]:
        """How the figures can be split: by the dimensions, by office where there are several, or not at all."""
        by_office = (OFFICES,) if len(self.offices) > 1 else ()
        return (*(d for d in DIMENSIONS if d in self.breakdowns), *by_office, WHOLE)


Scopes = Mapping[tuple[str, str], Scope]


def body_of(breakdown: str) -> str:
    """The code of the body that a breakdown is about."""
    return _parts(breakdown).get(PROVIDER, "")


def dimension_of(breakdown: str) -> str:
    """The dimension that a breakdown is a part of; ``whole`` for the body's total."""
    return next((dim for dim in _parts(breakdown) if dim != PROVIDER), WHOLE)


def scopes_of(figures: pl.DataFrame, metadata: Metadata) -> Scopes:
    """What a state of the data has, by indicator and body. ``figures`` are all observations of ``LENGTHS``.

    Bodies are in the order of the store; one without a total has no figures that could be read here.
    """
    held: dict[tuple[str, str], tuple[set[str], set[str]]] = {}
    for indicator, region, breakdown in figures.select("indicator", "region", "breakdown").unique().iter_rows():
        regions, breakdowns = held.setdefault((indicator, body_of(breakdown)), (set(), set()))
        regions.add(region)
        breakdowns.add(breakdown)
    return {
        (indicator, body): _scope(metadata, indicator, *held[indicator, body])
        for body in metadata.providers
        for indicator in LENGTHS
        if f"{PROVIDER}={body}" in held.get((indicator, body), ((), ()))[1]
    }


def bodies_of(scopes: Scopes) -> tuple[str, ...]:
    """The bodies that have figures, in order."""
    return tuple(dict.fromkeys(body for _, body in scopes))


def lengths_of(scopes: Scopes, body: str, split: str) -> tuple[str, ...]:
    """The lengths of period in which a body's figures can be split so."""
    return tuple(i for i in LENGTHS if (i, body) in scopes and split in scopes[i, body].splits)


def splits_of(scopes: Scopes, body: str) -> tuple[str, ...]:
    """How a body's figures can be split in any length of period."""
    found = {split for i in LENGTHS if (i, body) in scopes for split in scopes[i, body].splits}
    return tuple(split for split in (*DIMENSIONS, OFFICES, WHOLE) if split in found)


def split_of(view: View) -> str:
    """How the view splits its figures."""
    dimension = dimension_of(view.breakdowns[0])
    return OFFICES if dimension == WHOLE and len(view.regions) > 1 else dimension


def choose(view: View, scopes: Scopes, *, body: str | None = None, split: str | None = None) -> View:
    """The view with another body or split, whole: all codes of the dimension, every region as far as it fits.

    Where the length of period lacks the split, the next longer one that has it is shown.
    """
    body = body or body_of(view.breakdowns[0])
    wanted = split or split_of(view)
    offered = splits_of(scopes, body)
    split = wanted if wanted in offered else DEFAULT_SPLIT if DEFAULT_SPLIT in offered else WHOLE
    lengths = lengths_of(scopes, body, split)
    shorter = LENGTHS.index(view.indicators[0])
    length = next((i for i in reversed(lengths) if LENGTHS.index(i) <= shorter), lengths[0])
    scope = scopes[length, body]
    kept = view.regions[0] if split_of(view) != OFFICES and view.regions[0] in scope.regions else scope.regions[0]
    chosen = replace(
        view,
        indicators=(length,),
        regions=scope.offices if split == OFFICES else (kept,),
        breakdowns=scope.breakdowns[WHOLE if split == OFFICES else split],
    )
    return _in_usual_form(view, chosen)


def with_length(view: View, length: str, scopes: Scopes) -> View:
    """The view in another length of period, over the whole time."""
    split, body = split_of(view), body_of(view.breakdowns[0])
    changed = replace(view, indicators=(length,), start=None, end=None)
    chosen = choose(changed, scopes, split=split)
    held = tuple(b for b in view.breakdowns if b in chosen.breakdowns)
    regions = tuple(r for r in view.regions if r in scopes[length, body].regions)
    changed = replace(chosen, breakdowns=held or chosen.breakdowns, regions=regions or chosen.regions)
    return _in_usual_form(view, changed)


def read_page(params: Mapping[str, str], metadata: Metadata, scopes: Scopes) -> tuple[View, tuple[Note, ...]]:
    """The view of an address, valid for this page and state of the data, and what had to be changed to make it so.

    ``scopes`` must have at least one body.
    """
    notes: list[Note] = []
    length, chosen = _length_and_breakdowns(params, scopes, notes)
    scope = scopes[length, body_of(chosen[0])]
    regions = _regions(params, scope, dimension_of(chosen[0]) == WHOLE, metadata, notes)
    fixed = {"i": length, "b": ",".join(chosen), "r": ",".join(regions)}
    view, others = read({**params, **fixed}, metadata)
    if view.measure not in MEASURES:
        notes.append(_note("measure_impossible", value=text(view.lang, f"measures.{view.measure}")))
        view, others = read({**params, **fixed, "as": "number"}, metadata)
    if view.chart not in SERIES_CHARTS:  # contacts of offices make no map and no pair of indicators
        notes.append(Note("unknown_value", (("parameter", "chart"), ("value", view.chart))))
    if not params.get("chart") or view.chart not in SERIES_CHARTS:
        view = replace(view, chart=usual_chart(view))
    return view, (*notes, *others)


def page_params(view: View, metadata: Metadata, scopes: Scopes) -> dict[str, str]:
    """The address's parameters in the order of the contract; the page's defaults are left out."""
    length, body = view.indicators[0], body_of(view.breakdowns[0])
    own = {
        "i": "" if view.indicators == _default(scopes).indicators else length,
        "r": "" if view.regions == scopes[length, body].regions[:1] else ",".join(view.regions),
        "b": "" if view.breakdowns == _default(scopes, length).breakdowns else ",".join(view.breakdowns),
        "chart": "" if view.chart == usual_chart(view) else view.chart,
    }
    others = {key: value for key, value in to_params(view, metadata).items() if key not in own}
    found = {key: value for key, value in own.items() if value} | others
    return {key: found[key] for key in PARAMETERS if key in found}


def usual_chart(view: View) -> Chart:
    """The form of a view whose address names none."""
    many = len(view.regions) * len(view.breakdowns) > MOST_MONTHLY_LINES
    return "small-multiples" if many and view.indicators[0] == MONTHS else "line"


def _in_usual_form(before: View, after: View) -> View:
    """The changed view in its own usual form, if it was drawn in its usual one before."""
    return replace(after, chart=usual_chart(after)) if before.chart == usual_chart(before) else after


def _default(scopes: Scopes, length: str | None = None) -> View:
    """What an address shows that names no breakdown, in the given length of period or the longest that there is."""
    (found, _), scope = next(item for item in scopes.items() if length in (None, item[0][0]))
    split = DEFAULT_SPLIT if DEFAULT_SPLIT in scope.breakdowns else WHOLE
    return View((found,), scope.regions[:1], scope.breakdowns[split])


def _length_and_breakdowns(params: Mapping[str, str], scopes: Scopes, notes: list[Note]) -> tuple[str, tuple[str, ...]]:
    """The indicator, and breakdowns of one body and one dimension that it has."""
    held = {indicator for indicator, _ in scopes}
    wanted = listed(params, "i")
    lengths = [i for i in wanted if i in held]
    notes += [_note("counselling_page.note_indicator", value=i) for i in wanted if i not in lengths[:1]]
    length = lengths[0] if lengths else _default(scopes).indicators[0]
    found: list[str] = []
    for given in listed(params, "b"):
        breakdown = ";".join(sorted(part.strip() for part in given.split(";")))
        scope = scopes.get((length, body_of(breakdown)))
        if scope is None or breakdown not in scope.breakdowns.get(dimension_of(breakdown), ()):
            notes.append(_note("unknown_breakdown", value=given))
        elif found and _kind(breakdown) != _kind(found[0]):
            notes.append(_note("counselling_page.note_one_dimension", value=given))
        else:
            found.append(breakdown)
    return length, tuple(dict.fromkeys(found)) or _default(scopes, length).breakdowns


def _regions(
    params: Mapping[str, str], scope: Scope, several: bool, metadata: Metadata, notes: list[Note]
) -> tuple[str, ...]:
    """The wanted regions that the body has figures of; of a split by anything but office only the first."""
    lang = language_of(params)
    found: list[str] = []
    for wanted in listed(params, "r"):
        region = metadata.regions.get(wanted)
        if region is None:
            notes.append(_note("unknown_region", value=wanted))
        elif wanted not in scope.regions:
            notes.append(_note("counselling_page.note_region", value=region.short.to(lang)))
        elif found and not several:
            notes.append(_note("counselling_page.note_one_region", value=region.short.to(lang)))
        else:
            found.append(wanted)
    return tuple(found) or scope.regions[:1]


def _scope(metadata: Metadata, indicator: str, regions: set[str], breakdowns: set[str]) -> Scope:
    by_dimension: dict[str, list[str]] = {}
    for breakdown in metadata.indicators[indicator].breakdowns:
        if breakdown in breakdowns:
            by_dimension.setdefault(dimension_of(breakdown), []).append(breakdown)
    ordered: Sequence[str] = sorted(regions, key=lambda r: (r != REGION_SUM, metadata.regions[r].order))
    return Scope(tuple(ordered), {dim: tuple(found) for dim, found in by_dimension.items()})


def _kind(breakdown: str) -> tuple[str, str]:
    return body_of(breakdown), dimension_of(breakdown)


def _parts(breakdown: str) -> dict[str, str]:
    return dict(part.split("=", 1) for part in breakdown.split(";") if "=" in part)


def _note(key: str, *, value: str) -> Note:
    return Note(key, (("value", value if len(value) <= LONGEST_NOTE_VALUE else f"{value[:LONGEST_NOTE_VALUE]}…"),))
