"""What a map's headline says: the highest and the lowest district and how far apart they are, beyond rounding."""

from __future__ import annotations

from collections.abc import Sequence

from dashboard import formats
from dashboard.choices import is_balance
from dashboard.figures_said import MANIFOLD, signed_percent
from dashboard.findings import FEWEST, ROUNDINGS
from dashboard.map_figures import District, MapFigures
from dashboard.metadata import Metadata
from dashboard.places import in_place
from dashboard.protection import PROTECTED
from dashboard.series import rounding_error, rounding_error_shown
from dashboard.subjects import title_of
from dashboard.text import text

MOST_LISTED = 5  # names without a figure
NIL = "nil"  # the status of what the publisher counted as none
MOST_NAMES = 3  # districts side by side at an end; of more the number


def map_headline(found: MapFigures, metadata: Metadata) -> str:
    """The finding in one or two sentences; it claims no change inside rounding and no rank of what is secret."""
    lang, known = found.view.lang, [d for d in found.districts if d.shown.value is not None]
    secret = [d for d in found.districts if d.shown.status == PROTECTED]
    nil = [d for d in found.districts if d.shown.status == NIL]
    said = {"subject": map_subject(found, metadata)}
    if not known:
        return _without(found, said["subject"], secret=bool(secret))
    ranked = [d for d in known if not _is_small(d, found, metadata)]
    counts = is_count(found) and not is_balance(found.view.breakdowns[0])
    if not ranked or 2 * len(ranked) < len(known):
        key = "map.too_small"
    elif secret or nil:
        key = "map.published" if secret else "map.highest_counts" if counts else "map.highest"
        said |= {"top": _names(_end(ranked, found, metadata, highest=True), found, metadata)}
    elif len(known) == 1:
        key = "map.one"
        said |= {"name": _bracketed(_name(known[0], metadata, found), _claimed(known[0], found))}
    elif found.view.measure == "change" and all(d.unchanged for d in known):
        key = "map.all_unchanged"
    elif len(_end(known, found, metadata, highest=True)) == len(known):
        key = "map.all_alike"
        said |= {"figures": _range(known, found)}
    else:
        key = "map.ends_counts" if counts else "map.ends"
        top, bottom = (_end(ranked, found, metadata, highest=highest) for highest in (True, False))
        said |= {"top": _names(top, found, metadata), "bottom": _names(bottom, found, metadata)}
        said |= {"more": f"{_span(ranked, found)}{_aside(known, ranked, found, metadata)}"}
    sentences = [text(lang, key, **said)]
    if secret:
        sentences.append(text(lang, "map.secret", names=_listed(secret, found, metadata)))
    if nil:
        sentences.append(text(lang, "map.nil", names=_listed(nil, found, metadata)))
    held = len(known) + len(secret) + len(nil)
    if held < len(found.districts):
        sentences.append(text(lang, "map.incomplete", known=held, total=len(found.districts)))
    return " ".join(sentences)


def map_subject(found: MapFigures, metadata: Metadata) -> str:
    """What is shown, when: ``Einbürgerungen im Jahr 2024``, ``…, Veränderung vom 31.12.2014 bis zum 31.12.2024``."""
    lang, title = found.view.lang, title_of(found.view, metadata)
    title = title[:1].upper() + title[1:]
    if found.view.measure == "change" and found.base:
        return text(
            lang,
            "map.subject_change",
            title=title,
            since=formats.since(found.base, lang),
            until=formats.until(found.period, lang),
        )
    if not found.period:
        return title
    return f"{title} {formats.when(found.period, lang, found.indicator.period_kind)}"


def figure_words(district: District, found: MapFigures) -> str:
    """A district's figure as map, bars and table write it."""
    return point_words(district.shown.value, district.shown.status, found)


def point_words(value: float | None, status: str, found: MapFigures) -> str:
    scale, lang = found.scale, found.view.lang
    if scale.signed and value is not None:
        return formats.with_suffix(formats.signed(value, scale.decimals, lang), scale.suffix, lang)
    return formats.figure(value, status, scale.decimals, scale.suffix, lang)


def _without(found: MapFigures, subject: str, *, secret: bool) -> str:
    lang = found.view.lang
    if found.view.measure == "change" and found.broken:
        return text(lang, "map.broken", subject=subject, day=formats.day(found.broken, lang))
    return text(lang, "map.all_secret" if secret else "map.nothing", subject=subject)


def _end(known: Sequence[District], found: MapFigures, metadata: Metadata, *, highest: bool) -> list[District]:
    """The districts at one end: those that do not differ from the outermost by more than rounding."""
    ranked = sorted(known, key=claimed_value, reverse=highest)
    outermost = ranked[0]
    return [d for d in ranked if _alike(d, outermost, found, metadata)]


def claimed_value(district: District) -> float:
    """The figure to rank by: a change inside rounding is none."""
    unchanged = district.unchanged and district.shown is district.change
    return 0.0 if unchanged else district.shown.value or 0.0


def _alike(one: District, other: District, found: MapFigures, metadata: Metadata) -> bool:
    """Whether two figures are the same as written, or as counts no further apart than rounding."""
    first, second = claimed_value(one), claimed_value(other)
    decimals = found.scale.decimals
    if round(first, decimals) == round(second, decimals):
        return True
    if found.view.measure == "change" or one.series is None:
        return False
    error = rounding_error_shown(one.series, found.indicator, metadata, found.view.measure, one.now, other.now)
    return abs(first - second) <= error


def _names(districts: Sequence[District], found: MapFigures, metadata: Metadata) -> str:
    """``in Wolfsburg (17,1 %)``, several in a row, many as their number with the range of their figures."""
    lang = found.view.lang
    if len(districts) > MOST_NAMES:
        return text(lang, "map.many", count=len(districts), figures=_range(districts, found))
    return formats.listed([_bracketed(in_place(d.region, metadata, lang), _claimed(d, found)) for d in districts], lang)


def _bracketed(name: str, said: str) -> str:
    return f"{name}: {said}" if "(" in name else f"{name} ({said})"


def _is_small(district: District, found: MapFigures, metadata: Metadata) -> bool:
    """Whether the district's change is a percentage of too few, by the same rule as in other headlines."""
    if found.view.measure != "change" or found.in_units or district.series is None or district.unchanged:
        return False
    error = rounding_error(district.series, found.indicator, metadata, district.earlier.end, district.now.end)
    return (district.earlier.value or 0) < max(FEWEST, ROUNDINGS * error)


def _aside(known: Sequence[District], ranked: Sequence[District], found: MapFigures, metadata: Metadata) -> str:
    """The districts whose change would be the highest or lowest, but is one of too few."""
    values = [claimed_value(d) for d in ranked]
    aside = [d for d in known if d not in ranked and not min(values) <= claimed_value(d) <= max(values)]
    if not aside:
        return ""
    lang = found.view.lang
    names = [
        _bracketed(
            _name(d, metadata, found),
            text(
                lang,
                "figures.from_to",
                start=formats.number(d.earlier.value or 0, found.indicator.decimals, lang),
                end=formats.number(d.now.value or 0, found.indicator.decimals, lang),
            ),
        )
        for d in aside
    ]
    few = len(names) <= MOST_NAMES
    said = ", ".join(names) if few else text(lang, "map.count", count=len(names))
    return text(lang, "headlines.aside", names=said)


def _listed(districts: Sequence[District], found: MapFigures, metadata: Metadata) -> str:
    """The names of districts without a figure; of many their number."""
    if len(districts) > MOST_LISTED:
        return text(found.view.lang, "map.count", count=len(districts))
    return ", ".join(_name(d, metadata, found) for d in districts)


def _name(district: District, metadata: Metadata, found: MapFigures) -> str:
    return metadata.regions[district.region].short.to(found.view.lang)


def _claimed(district: District, found: MapFigures) -> str:
    if district.unchanged and district.shown is district.change:
        return text(found.view.lang, "headlines.unchanged_short")
    if found.view.measure == "change" and found.scale.suffix == "%" and district.shown.value is not None:
        return signed_percent(district.shown.value, found.view.lang)
    return figure_words(district, found)


def _range(districts: Sequence[District], found: MapFigures) -> str:
    """The figures of several districts: one, or from the lowest to the highest."""
    ranked = sorted(districts, key=claimed_value)
    low, high = _claimed(ranked[0], found), _claimed(ranked[-1], found)
    return low if low == high else text(found.view.lang, "periods.span", first=low, last=high)


def _span(known: Sequence[District], found: MapFigures) -> str:
    """How far highest and lowest are apart, as they are written; empty for what is not in per cent: of counts it says
    no more than the size of the districts."""
    lang, scale = found.view.lang, found.scale
    values = [round(claimed_value(d), scale.decimals) for d in known]
    written = formats.number(max(values) - min(values), scale.decimals, lang)
    if scale.suffix not in ("%", text(lang, "units.points")) or max(values) > MANIFOLD:
        return ""
    return text(lang, "map.span", span=f"{written} {text(lang, 'units.points_long')}")


def is_count(found: MapFigures) -> bool:
    """Whether the figures are counts, whose size depends on that of the district: circles and no colours."""
    return found.view.measure == "number" and found.indicator.measure != "rate"


def is_diverging(found: MapFigures) -> bool:
    """Whether zero parts the figures."""
    values = [d.shown.value for d in found.districts if d.shown.value is not None]
    return found.view.measure == "change" or is_balance(found.view.breakdowns[0]) or min(values, default=0) < 0
