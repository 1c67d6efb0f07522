"""Breakdowns as the store writes them: ``dim=value`` pairs joined by ``;``, the empty one is the total."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from dashboard.metadata import Dimension

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


def places_in_order(breakdowns: Sequence[str], dimensions: Mapping[str, Dimension]) -> tuple[int, ...]:
    """The place of each breakdown where they differ by one dimension whose codes have an order of their own, such as
    ages; empty where they do not."""
    shared = set(common_parts(breakdowns))
    own = [[part for part in b.split(";") if part and part not in shared] for b in breakdowns]
    if len(own) < 2 or any(len(parts) != 1 for parts in own):
        return ()
    pairs = [parts[0].partition("=") for parts in own]
    dimension = dimensions.get(pairs[0][0])
    if not dimension or any(dim != pairs[0][0] or code not in dimension.ordered for dim, _, code in pairs):
        return ()
    codes = list(dimension.values)
    return tuple(codes.index(code) for _, _, code in pairs)
