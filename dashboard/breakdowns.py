"""Breakdowns as the store writes them: ``dim=value`` pairs joined by ``;``, the empty one is the total."""

from __future__ import annotations

from collections.abc import Sequence

SPOKEN_LAST = frozenset({"age", "provider", "sex"})


def common_parts(breakdowns: Sequence[str]) -> tuple[str, ...]:
    """What all breakdowns have in common (``nationality=foreign``): it belongs to the indicator, not to one of them."""
    shared = set.intersection(*({*b.split(";")} for b in breakdowns)) if breakdowns else set()
    return tuple(sorted(part for part in shared if part))


def whole_of(breakdown: str, within: Sequence[str]) -> str:
    """The breakdown of what a share is of: the codes of the dimensions ``within`` are kept, all else is added up."""
    return ";".join(part for part in breakdown.split(";") if part.split("=", 1)[0] in within)


def spoken_parts(breakdown: str) -> list[str]:
    """The parts of a breakdown in the order in which they are said, as in "foreigners, female": body, age, sex last."""
    parts = [part for part in breakdown.split(";") if part]
    return sorted(parts, key=lambda part: (part.split("=", 1)[0] in SPOKEN_LAST, part.split("=", 1)[0]))
