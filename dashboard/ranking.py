"""What may be ranked: of many series those that are parts, no rest, and large enough; and which of them is highest."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass

from dashboard.breakdowns import common_parts
from dashboard.choices import is_rate
from dashboard.findings import Finding
from dashboard.metadata import Indicator, Metadata
from dashboard.view import View

FEWEST_RANKED = 2


@dataclass(frozen=True)
class Ranking:
    """The highest and the lowest; ``aside`` are those that would be one of them and are no finding."""

    top: Finding
    bottom: Finding
    aside: tuple[Finding, ...]


def ranking_of(
    findings: Sequence[Finding],
    value: Callable[[Finding], float],
    metadata: Metadata,
    *,
    unfit: Callable[[Finding], bool] = lambda _: False,
) -> Ranking | None:
    """The ranking by ``value`` without rests and ``unfit`` ones; None if fewer than two, or less than half, remain."""
    rests = residual(findings, metadata)
    fit = [f for f in findings if f not in rests and not unfit(f)]
    if len(fit) < FEWEST_RANKED or 2 * len(fit) < len(findings):
        return None
    top, bottom = max(fit, key=value), min(fit, key=value)
    # a change of few that is inside rounding would be none
    left_out = (f for f in findings if f not in fit and not (unfit(f) and f.unchanged))
    outside = (f for f in left_out if not value(bottom) <= value(f) <= value(top))
    return Ranking(top, bottom, tuple(outside))


def residual(findings: Sequence[Finding], metadata: Metadata) -> list[Finding]:
    """Those of what is left over or unknown, where others of the list are not."""
    common = common_parts([f.series.breakdown for f in findings])
    return [f for f in findings if any(_is_rest(part, metadata) for part in _own(f, common))]


def _own(finding: Finding, common: Sequence[str]) -> list[str]:
    return [part for part in finding.series.breakdown.split(";") if part and part not in common]


def _is_rest(part: str, metadata: Metadata) -> bool:
    dim, _, code = part.partition("=")
    return dim in metadata.dimensions and code in metadata.dimensions[dim].residual


def adds_up(view: View, indicator: Indicator) -> bool:
    """Whether an area's figure is the sum of its parts'."""
    return view.measure == "number" and not is_rate(indicator)


def without_sums(findings: Sequence[Finding], view: View, metadata: Metadata) -> list[Finding]:
    """Without areas and groups that hold others of the list: that a sum is larger than its parts is no finding. A rate
    has no sum; of a share only groups have one."""
    counted = view.measure in ("number", "share", "per1000") and not is_rate(findings[0].indicator)
    areas = {area for f in findings for area in metadata.regions[f.series.region].part_of}
    areas = areas if adds_up(view, findings[0].indicator) else set()
    parts = [f for f in findings if f.series.region not in areas and not (counted and _holds_others(f, findings))]
    return parts if len(parts) >= FEWEST_RANKED else list(findings)


def _holds_others(one: Finding, findings: Sequence[Finding]) -> bool:
    """Whether the breakdown has all parts of another's but some, as all foreigners beside women among them."""
    own = _parts(one)
    return any(own < _parts(f) and f.indicator.id == one.indicator.id for f in findings)


def _parts(finding: Finding) -> frozenset[str]:
    return frozenset(part for part in finding.series.breakdown.split(";") if part)
