"""The curated tiles and stories of overview and theme pages: the typed reading of ``stories.yaml``, and their views."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from functools import cache
from pathlib import Path
from typing import Any, Literal, TypeVar, get_args

import yaml

from dashboard.choices import CHARTS, Chart, Measure, breakdowns_of, default_region, measures_of
from dashboard.metadata import REGION_SUM, Metadata
from dashboard.view import TOTAL, View

Places = Literal["place", "districts", "place_and_land", "land"]
Fact = Literal["changes", "land", "share", "districts"]
T = TypeVar("T", bound=str)
LAND = "03"
_FILE = Path(__file__).with_name("stories.yaml")


@dataclass(frozen=True)
class TileChoice:
    """A tile: one series. ``id`` names its title among the texts."""

    id: str
    indicator: str
    breakdown: str
    measure: Measure


@dataclass(frozen=True)
class Story:
    """A chart with its question (``id`` among the texts) and what its paragraph tells of the breakdown ``main``."""

    id: str
    indicator: str
    breakdowns: tuple[str, ...]
    measure: Measure
    chart: Chart
    places: Places
    start: str | None
    main: str
    says: tuple[Fact, ...]


@dataclass(frozen=True)
class Theme:
    tiles: tuple[TileChoice, ...]
    stories: tuple[Story, ...]


@cache
def themes() -> dict[str, Theme]:
    """Overview and themes by the name of their page."""
    tree = yaml.safe_load(_FILE.read_text(encoding="utf-8"))
    return {name: theme_of(entry) for name, entry in tree.items()}


def theme_of(entry: Mapping[str, Any]) -> Theme:
    """One page's entry of the file. Raises ValueError for a key or value that it does not know."""
    _known("page", entry, {"tiles", "stories"})
    return Theme(
        tuple(_tile(tile) for tile in entry["tiles"]),
        tuple(_story(story) for story in entry["stories"]),
    )


def _tile(entry: Mapping[str, Any]) -> TileChoice:
    _known(entry["id"], entry, {"id", "indicator", "breakdown", "measure"})
    return TileChoice(entry["id"], entry["indicator"], entry.get("breakdown", ""), _measure(entry))


def _story(entry: Mapping[str, Any]) -> Story:
    keys = {"id", "indicator", "breakdowns", "measure", "chart", "places", "from", "main", "says"}
    _known(entry["id"], entry, keys)
    breakdowns = tuple("" if b == TOTAL else b for b in entry.get("breakdowns", (TOTAL,)))
    main = entry.get("main", breakdowns[0])
    return Story(
        id=entry["id"],
        indicator=entry["indicator"],
        breakdowns=breakdowns,
        measure=_measure(entry),
        chart=_allowed(entry["id"], entry.get("chart", "line"), CHARTS),
        places=_allowed(entry["id"], entry.get("places", "place"), get_args(Places)),
        start=entry.get("from"),
        main="" if main == TOTAL else main,
        says=tuple(_allowed(entry["id"], fact, get_args(Fact)) for fact in entry.get("says", ())),
    )


def _measure(entry: Mapping[str, Any]) -> Measure:
    found: Measure = _allowed(entry["id"], entry.get("measure", "number"), get_args(Measure))
    return found


def _known(name: str, entry: Mapping[str, Any], keys: set[str]) -> None:
    if unknown := entry.keys() - keys:
        raise ValueError(f"{_FILE.name}, {name}: unknown {sorted(unknown)}, expected {sorted(keys)}")


def _allowed(name: str, value: object, allowed: tuple[T, ...]) -> T:
    for known in allowed:
        if value == known:
            return known
    raise ValueError(f"{_FILE.name}, {name}: {value!r} is none of {', '.join(allowed)}")


def tile_view(tile: TileChoice, region: str, metadata: Metadata, base: View) -> View | None:
    """The view behind a tile, in language and vintage of ``base``; None where store or region lacks its figures."""
    indicator = metadata.indicators.get(tile.indicator)
    if indicator is None or tile.breakdown not in indicator.breakdowns or region not in indicator.regions:
        return None
    if tile.measure not in measures_of(indicator, (tile.breakdown,), metadata):
        return None
    return View(
        (tile.indicator,), (region,), (tile.breakdown,), measure=tile.measure, vintage=base.vintage, lang=base.lang
    )


def is_held(choice: TileChoice | Story, metadata: Metadata) -> bool:
    """Whether the store has the indicator and one of the breakdowns at all."""
    indicator = metadata.indicators.get(choice.indicator)
    wanted = choice.breakdowns if isinstance(choice, Story) else (choice.breakdown,)
    return indicator is not None and any(b in indicator.breakdowns for b in wanted)


def story_view(story: Story, place: str, metadata: Metadata, base: View) -> View:
    """The view of a story that ``is_held``, for a place, in language and vintage of ``base``."""
    indicator = metadata.indicators[story.indicator]
    breakdowns = breakdowns_of(indicator, story.breakdowns)
    possible = measures_of(indicator, breakdowns, metadata)
    return View(
        (story.indicator,),
        _regions(story, place, metadata),
        breakdowns,
        start=story.start,
        measure=story.measure if story.measure in possible else "number",
        chart=story.chart,
        vintage=base.vintage,
        lang=base.lang,
    )


def told_place(story: Story, place: str, metadata: Metadata) -> str:
    """The region that a story's paragraph is about: the place, or where there are no figures of it Niedersachsen,
    or else the region that the indicator shows of itself."""
    indicator = metadata.indicators[story.indicator]
    wanted = (LAND,) if story.places == "land" else (place, LAND)
    return next((r for r in wanted if r in indicator.regions), default_region(indicator))


def main_view(story: Story, regions: tuple[str, ...], metadata: Metadata, base: View) -> View:
    """The plain figures of the series that a story's paragraph speaks of, over all their years."""
    view = story_view(story, regions[0], metadata, base)
    main = breakdowns_of(metadata.indicators[story.indicator], (story.main,))[:1]
    return replace(view, regions=regions, breakdowns=main, start=None, measure="number", chart="line")


def places_offered(name: str, metadata: Metadata) -> tuple[str, ...]:
    """The region, its districts and Niedersachsen, as far as a tile of the page has figures of them."""
    tiles = [tile for tile in themes()[name].tiles if is_held(tile, metadata)]
    held = {region for tile in tiles for region in metadata.indicators[tile.indicator].regions}
    return tuple(r for r in (REGION_SUM, *metadata.members, LAND) if r in metadata.regions and r in held)


def _regions(story: Story, place: str, metadata: Metadata) -> tuple[str, ...]:
    held = metadata.indicators[story.indicator].regions
    told = told_place(story, place, metadata)
    wanted = {
        "place": (told,),
        "land": (told,),
        "place_and_land": tuple(dict.fromkeys((told, LAND))),
        "districts": metadata.members,
    }[story.places]
    return tuple(r for r in wanted if r in held) or (told,)
