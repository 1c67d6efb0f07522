"""Random addresses, always the same for a seed: of views that can be shown, and broken ones."""

from __future__ import annotations

import os
from collections.abc import Iterator
from random import Random

from dashboard.choices import CHARTS, MEASURES
from dashboard.metadata import Metadata
from dashboard.text import LANGUAGES
from dashboard.view import TOTAL, View, read

SEED = 2026
BLOCKS, A_BLOCK = 10, 50  # of views: 500 in all
# what takes long is done for a part of the views, or for every one
_ALL = os.environ.get("EVERY_VIEW") == "1"
PICTURES_EVERY, PAGES_EVERY = (1, 1) if _ALL else (8, 4)
# nothing of this can be meant: unknown, misspelt, hostile, of another alphabet, cut off, far too long
_HOSTILE = (
    "nothing",
    "FOREIGN_POPULATION",
    "'; DROP TABLE observations; --",
    "<script>alert(1)</script>",
    "../../etc/passwd",
    "%2e%2e%2f",
    "{{7*7}}",
    "$(id)",
    "=1+1",
    "null",
    "NaN",
    "-1",
    "1e999",
    "Ausländerinnen",
    "населення",
    "人口",
    "💥💥",
    "a\x00b",
    "x\r\nSet-Cookie: a=b",
    "9" * 5000,
    "[click](javascript:alert(1))",
    "**fett** $x^2$ :red[x]",
)
_WRONG: dict[str, tuple[str, ...]] = {
    "i": ("population,nothing", "foreign_populatio", "i"),
    "r": ("99999", "3101", "BSR,03101,99999", "bsr", "DE92"),
    "b": ("sex=x", "nationality=", "=foreign", "nationality=foreign;nationality=german", "sex"),
    "from": ("soon", "2024-13", "2024-02-31", "2024-Q5", "0000", "99999999", "20240101", "2050"),
    "to": ("never", "2024-00", "1066", "31.12.2024", "2024-06-31"),
    "as": ("percent", "Number", "number,share", "0"),
    "chart": ("pie", "Line", "line,bar", "3d"),
    "v": ("20000101T000000Z", "2026-01-01", "current", "99991231T235959Z"),
    "lang": ("fr", "DE", "de-DE", "en,de"),
    "events": ("nothing", "none,all", "Covid-19"),
    "link": ("0", "-1", "1.5", "two", "9999999999"),
}
_LETTERS = "abcXYZ0189äöüß€;=-_./:%&#\\\"'<>{}()[]|~`!?*+ \t\u200b\u202e\ufeff漢😀"


def valid_views(metadata: Metadata, number: int, seed: int) -> Iterator[View]:
    """Different views over all indicators, forms, measures and states of the data, each shown without a note."""
    dice, seen = Random(seed), set()
    while len(seen) < number:
        view, notes = read(_link(metadata, dice), metadata)
        if notes or view in seen:
            continue
        seen.add(view)
        yield view


def block(metadata: Metadata, number: int) -> list[View]:
    """One of ``BLOCKS`` parts of the random views, always the same for a store."""
    return list(valid_views(metadata, BLOCKS * A_BLOCK, SEED))[number * A_BLOCK : (number + 1) * A_BLOCK]


def broken_links(number: int, seed: int) -> Iterator[dict[str, str]]:
    """Parameters of which at least one cannot be shown as it stands, and up to two more."""
    dice = Random(seed)
    for _ in range(number):
        keys = dice.sample(list(_WRONG), dice.choice((1, 1, 2, 3)))
        yield {key: _broken(key, dice) for key in keys}


def _broken(key: str, dice: Random) -> str:
    kind = dice.random()
    if kind < 0.45:
        return dice.choice(_WRONG[key])
    if kind < 0.75:
        return dice.choice(_HOSTILE)
    return "x?" + "".join(dice.choices(_LETTERS, k=dice.randint(1, 80)))


def _link(metadata: Metadata, dice: Random) -> dict[str, str]:
    """A guess; most are views that can be shown."""
    chart = dice.choice(CHARTS)
    several = {"side-by-side": dice.randint(2, 4), "scatter": 2}.get(chart, dice.choice((1, 1, 1, 2)))
    indicators = [metadata.indicators[i] for i in dice.sample(list(metadata.indicators), several)]
    first = indicators[0]
    regions = dice.sample(first.regions, min(len(first.regions), dice.choice((1, 1, 2, 3, 9 if several < 3 else 4))))
    breakdowns = dice.sample(first.breakdowns, min(len(first.breakdowns), dice.choice((1, 1, 1, 2, 4))))
    days = sorted(dice.sample(first.periods, min(len(first.periods), 2)))
    found = {
        "i": ",".join(i.id for i in indicators),
        "r": ",".join(regions),
        "b": ",".join(b or TOTAL for b in breakdowns),
        "from": days[0].id if days and dice.random() < 0.4 else "",
        "to": days[-1].id if days and dice.random() < 0.3 else "",
        "as": dice.choice(MEASURES),
        "chart": chart,
        "v": dice.choice(["", "", *metadata.vintages]),
        "lang": dice.choice(LANGUAGES),
    }
    return {key: value for key, value in found.items() if value and (key == "i" or dice.random() < 0.9)}
