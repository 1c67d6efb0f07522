"""What the before-after calculation says of a measure, in words: the change, its placebos, and the caution.

No sentence speaks of an effect: a change in time is none until everything else that happened is ruled out.
"""

from __future__ import annotations

from dataclasses import dataclass, replace

from dashboard import formats
from dashboard.charts.before_after import Names, Sides
from dashboard.interrupted import FEWEST_AFTER, FEWEST_BEFORE, Assessment, Change, TooFewPointsError, assessed
from dashboard.labels import Scale, is_percent, scale_of
from dashboard.measure_cut import Cut
from dashboard.metadata import Lang, Metadata
from dashboard.series import Point
from dashboard.subjects import title_of
from dashboard.text import text
from dashboard.view import View

DECIMALS = 1


@dataclass(frozen=True)
class Effect:
    """The finding with its lines; ``notes`` are what must be read with it, the placebos among them."""

    headline: str
    subtitle: str
    sides: Sides
    names: Names
    scale: Scale
    notes: tuple[str, ...]


def assessment(cut: Cut) -> Assessment:
    """The calculation on a cut. Raises TooFewPointsError."""
    if not cut.points:
        raise TooFewPointsError(0, 0)
    return assessed(cut.own, list(cut.others.values()), cut.times, cut.start)


def effect(found: Assessment, cut: Cut, view: View, metadata: Metadata) -> Effect:
    """The finding in words and lines. ``view`` is that of the own series."""
    lang = view.lang
    indicator = metadata.indicators[view.indicators[0]]
    scale = Scale(text(lang, "measures_page.of_before"), "%", DECIMALS)
    if not cut.indexed:
        scale = scale_of(indicator, "number", metadata, lang)
    own = metadata.regions[view.regions[0]].short.to(lang)
    after = cut.points[cut.start :]
    return Effect(
        headline=_headline(found.change, cut, view, metadata),
        subtitle=_subtitle(cut, scale, view, metadata),
        sides=Sides(
            _points(cut.points, cut.own),
            _points(cut.points, cut.group),
            _points(after, tuple(e.value for e in found.change.expected)),
            tuple((e.low, e.high) for e in found.change.expected),
        ),
        names=Names(own, text(lang, "measures_page.group_line"), text(lang, "measures_page.expected_line")),
        scale=scale,
        notes=(text(lang, f"measures_page.how.{found.change.form}"), *_placebos(found, cut, view, metadata)),
    )


def cut_notes(cut: Cut, metadata: Metadata, lang: Lang) -> list[str]:
    """What was left out of the calculation, and why."""
    found = []
    if cut.left_out:
        found.append(text(lang, "measures_page.left_out", period=formats.period(cut.left_out, lang)))
    if cut.incomplete:
        names = ", ".join(metadata.regions[r].short.to(lang) for r in cut.incomplete)
        found.append(text(lang, "measures_page.incomplete", names=names))
    if cut.broken:
        found.append(text(lang, "measures_page.broken", day=formats.day(cut.broken, lang)))
    return found


def too_few(cut: Cut, lang: Lang) -> str:
    """Why nothing is calculated."""
    if not cut.after:
        return text(lang, "measures_page.none_after")
    said = {"before": cut.before, "after": cut.after, "least": FEWEST_BEFORE, "least_after": FEWEST_AFTER}
    return text(lang, "measures_page.too_few", **said)


def _headline(change: Change, cut: Cut, view: View, metadata: Metadata) -> str:
    lang = view.lang
    beside = "alone" if change.form == "alone" else "beside"
    said = {
        "subject": f"{metadata.regions[view.regions[0]].short.to(lang)}, {title_of(view, metadata)}",
        "step": _amount(change.step.value, cut, view, metadata),
        "low": _amount(change.step.low, cut, view, metadata),
        "high": _amount(change.step.high, cut, view, metadata),
    }
    return text(lang, f"measures_page.{'found' if change.is_found else 'not_found'}_{beside}", **said)


def _subtitle(cut: Cut, scale: Scale, view: View, metadata: Metadata) -> str:
    lang = view.lang
    first, last = (formats.period(cut.points[n].period, lang) for n in (0, -1))
    parts = [
        title_of(view, metadata),
        scale.unit,
        text(lang, "measures_page.counted_points", before=cut.before, after=cut.after),
        text(lang, "periods.span", first=first, last=last),
    ]
    if cut.others:
        names = ", ".join(metadata.regions[r].short.to(lang) for r in cut.others)
        parts.insert(2, text(lang, "measures_page.compared", names=names))
    return " · ".join(part[:1].upper() + part[1:] for part in parts)


def _placebos(found: Assessment, cut: Cut, view: View, metadata: Metadata) -> list[str]:
    lang = view.lang
    said = []
    if found.earlier is None:
        said.append(text(lang, "measures_page.no_placebo_time"))
    else:
        key = "placebo_time_found" if found.earlier.is_found else "placebo_time_clear"
        period = formats.period(cut.points[found.earlier.before].period, lang)
        step = _amount(found.earlier.step.value, cut, view, metadata)
        said.append(text(lang, f"measures_page.{key}", period=period, step=step))
    if not found.elsewhere:
        said.append(text(lang, "measures_page.no_placebo_place"))
        return said
    largest = abs(found.change.step.value)
    hits = [
        metadata.regions[region].short.to(lang)
        for region, other in zip(cut.others, found.elsewhere, strict=True)
        if other.is_found or abs(other.step.value) >= largest
    ]
    key = "placebo_place_found" if hits else "placebo_place_clear"
    said.append(text(lang, f"measures_page.{key}", names=", ".join(hits), count=len(found.elsewhere)))
    return said


def _amount(value: float, cut: Cut, view: View, metadata: Metadata) -> str:
    """A change with its sign: in per cent of the level before, for rates in points or their own unit."""
    lang = view.lang
    indicator = metadata.indicators[view.indicators[0]]
    suffix: str | None = "%"
    if not cut.indexed:
        suffix = text(lang, "units.points") if is_percent(indicator) else None
    decimals = DECIMALS if cut.indexed else max(DECIMALS, indicator.decimals)
    return formats.with_suffix(formats.signed(value, decimals, lang), suffix, lang)


def _points(points: tuple[Point, ...], values: tuple[float, ...]) -> tuple[Point, ...]:
    return tuple(replace(p, value=v, counted=None, segment=0) for p, v in zip(points, values, strict=False))
