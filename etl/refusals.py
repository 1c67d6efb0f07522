"""Refusals as they are told and kept: once for all periods, and with the sources that they concern."""

from __future__ import annotations

import re
from collections.abc import Collection, Iterable

from etl.catalogue import Catalogue

_PERIOD = re.compile(r"(?<![\w-])(?:19|20)\d\d(?:-\d\d(?:-\d\d)?|-Q\d)?(?![\w-])")
_SOURCE = re.compile(r"\((\w+)\)|^expected rows: (\w+):")


def told_once(sentences: Iterable[str]) -> list[str]:
    """The sentences in order, those that differ by their one period only as one sentence that counts the periods."""
    alike: dict[str, list[tuple[str, str]]] = {}  # what is said → (sentence, its period)
    for sentence in sentences:
        found = _PERIOD.findall(sentence)
        said = _PERIOD.sub("", sentence).replace("  ", " ") if len(found) == 1 else sentence
        alike.setdefault(said, []).append((sentence, found[0] if len(found) == 1 else ""))
    told = []
    for said, group in alike.items():
        periods = sorted({period for _, period in group})
        several = f"{said} in {len(periods)} periods, {periods[0]} to {periods[-1]}"
        told.append(group[0][0] if len(periods) == 1 else several)
    return told


def by_source(sentences: Iterable[str], catalogue: Catalogue, loaded: Collection[str]) -> dict[str, tuple[str, ...]]:
    """Source id → the refusals that concern it, of the ``loaded`` sources.

    A sentence names its source, or else an indicator, which all of its loaded sources may have spoiled. One that names
    neither concerns everything that was loaded.
    """
    found: dict[str, tuple[str, ...]] = {}
    for sentence in sentences:
        named = {name for pair in _SOURCE.findall(sentence) for name in pair if name in catalogue.sources}
        words = set(re.findall(r"\w+", sentence))
        through = {s.source for i in catalogue.indicators.values() if i.id in words for s in i.series}
        for source in sorted(named or through & set(loaded) or set(loaded)):
            found[source] = (*found.get(source, ()), sentence)
    return found
