"""A district beside its peers: what an address of the page Vergleich means, and the table that tells why these."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace

from dashboard import formats
from dashboard.labels import scale_of
from dashboard.metadata import Lang, Metadata
from dashboard.peers import ALIKE, APART, Measured, Peer, districts_of, nearest, peer_of
from dashboard.tables import Cell, FigureTable
from dashboard.text import text
from dashboard.view import Note, View, listed, read, to_params

MOST_PEERS = 7  # more grey lines cannot be told apart
FIRST_INDICATOR = "foreign_population_share"
_TENS = frozenset({"density"})  # written in tens: simplified boundaries give an area no better
_ALIKE = {
    "size": "comparison.alike_size",
    "density": "comparison.alike_density",
    "jobs": "comparison.alike_jobs",
    "foreign": "comparison.alike_foreign",
}
_MORE = {
    "size": "comparison.more_size",
    "density": "comparison.more_density",
    "jobs": "comparison.more_jobs",
    "foreign": "comparison.more_foreign",
}
_LESS = {
    "size": "comparison.less_size",
    "density": "comparison.less_density",
    "jobs": "comparison.less_jobs",
    "foreign": "comparison.less_foreign",
}
NAMES = {
    "size": "comparison.name_size",
    "density": "comparison.name_density",
    "jobs": "comparison.name_jobs",
    "foreign": "comparison.name_foreign",
}


@dataclass(frozen=True)
class Comparison:
    """What the page shows. ``view`` has the district as its first region and the peers behind it; ``chosen``: the
    address names the peers, else they are the nearest."""

    view: View
    peers: tuple[Peer, ...]
    chosen: bool
    notes: tuple[Note, ...]

    @property
    def district(self) -> str:
        return self.view.regions[0]


def read_comparison(params: Mapping[str, str], criteria: Sequence[Measured], metadata: Metadata) -> Comparison:
    """The comparison of an address. Reading never fails: what does not fit falls back and leaves a note."""
    first = {"i": FIRST_INDICATOR} if FIRST_INDICATOR in metadata.indicators else {}
    # the districts are read here: also those without a figure of the indicator can be compared, and say so
    plain = {key: value for key, value in params.items() if key not in ("r", "chart")}
    view, notes = read({**first, **plain}, metadata)
    districts = districts_of(metadata)
    wanted = listed(params, "r")
    known = [r for r in wanted if r in districts]
    district = known[0] if known else (metadata.members or districts)[0]
    named = tuple(known[1 : MOST_PEERS + 1])
    peers = tuple(peer_of(criteria, district, other) for other in named) or nearest(criteria, district, districts)
    shown = replace(
        view,
        indicators=view.indicators[:1],
        breakdowns=view.breakdowns[:1],
        regions=(district, *(peer.region for peer in peers)),
        chart="highlight",
    )
    return Comparison(shown, peers, bool(named), (*notes, *_notes(params, view, wanted, known, metadata)))


def _notes(
    params: Mapping[str, str], view: View, wanted: Sequence[str], known: Sequence[str], metadata: Metadata
) -> list[Note]:
    notes = [Note("unknown_region", (("value", r[:40]),)) for r in wanted if r not in metadata.regions]
    others = [metadata.regions[r].short.to(view.lang) for r in wanted if r in metadata.regions and r not in known]
    if others:
        notes.append(Note("comparison.only_districts", (("names", ", ".join(others)),)))
    if len(known) > MOST_PEERS + 1:
        notes.append(Note("comparison.too_many", (("most", str(MOST_PEERS)),)))
    if len(view.indicators) > 1 or len(view.breakdowns) > 1:
        notes.append(Note("comparison.only_first"))
    if params.get("chart", "highlight").strip() not in ("highlight", ""):
        notes.append(Note("comparison.one_form"))
    return notes


def comparison_params(view: View, metadata: Metadata) -> dict[str, str]:
    """The page's own address of a view; indicator and district are always named."""
    found = {key: value for key, value in to_params(view, metadata).items() if key not in ("i", "r", "chart")}
    return {"i": view.indicators[0], "r": ",".join(view.regions), **found}


def computed(comparison: Comparison) -> View:
    """The view whose address names the district only, so that its peers are worked out."""
    return replace(comparison.view, regions=(comparison.district,))


def peers_table(comparison: Comparison, criteria: Sequence[Measured], metadata: Metadata) -> FigureTable:
    """The district and its peers with how far apart they are and their figures of each criterion."""
    lang = comparison.view.lang
    headings = [text(lang, "comparison.district"), text(lang, "comparison.distance")]
    distances = [Cell("–"), *(_distance(peer, lang) for peer in comparison.peers)]
    rows = [
        (Cell(metadata.regions[region].short.to(lang)), distance, *_figures(region, criteria, metadata, lang))
        for region, distance in zip(comparison.view.regions, distances, strict=True)
    ]
    return FigureTable((*headings, *(_heading(one, lang) for one in criteria)), tuple(rows))


def _distance(peer: Peer, lang: Lang) -> Cell:
    return Cell("–") if peer.distance is None else Cell(formats.number(peer.distance, 2, lang), peer.distance)


def _heading(one: Measured, lang: Lang) -> str:
    return f"{text(lang, NAMES[one.criterion.id])} ({formats.period(one.period, lang)})"


def _figures(region: str, criteria: Sequence[Measured], metadata: Metadata, lang: Lang) -> list[Cell]:
    return [_figure(one.values.get(region), one, metadata, lang) for one in criteria]


def _figure(value: float | None, one: Measured, metadata: Metadata, lang: Lang) -> Cell:
    if value is None:
        return Cell(text(lang, "status.missing"))
    scale = scale_of(metadata.indicators[one.criterion.indicator], one.criterion.measure, metadata, lang)
    shown = round(value, -1) if one.criterion.id in _TENS else value
    return Cell(formats.with_suffix(formats.number(shown, scale.decimals, lang), scale.suffix, lang), value)


def reason_of(peer: Peer, criteria: Sequence[Measured], lang: Lang) -> str:
    """In what a peer is like the district, and in what it is clearly not; what lies between is left to the figures."""
    names = [one.criterion.id for one in criteria if one.criterion.id in peer.apart]
    alike = [text(lang, _ALIKE[name]) for name in names if abs(peer.apart[name]) <= ALIKE]
    different = [
        text(lang, (_MORE if peer.apart[name] > 0 else _LESS)[name]) for name in names if abs(peer.apart[name]) > APART
    ]
    if not alike and not different:
        return text(lang, "comparison.between_both" if names else "comparison.no_reason")
    if not alike or not different:
        return ", ".join((*alike, *different))
    return f"{', '.join(alike)}; {text(lang, 'comparison.but', names=', '.join(different))}"
