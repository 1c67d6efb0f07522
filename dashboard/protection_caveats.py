"""What a reader of a counselling body's figures must know: what "geheim" means, and how they are rounded."""

from __future__ import annotations

from dashboard.charts.model import ChartModel
from dashboard.metadata import Metadata
from dashboard.protection import PROTECTED, provider_of
from dashboard.text import text


def protection_caveats(model: ChartModel, metadata: Metadata) -> list[str]:
    """The caveats of what the chart shows; none where no body's figures are among it."""
    return [*_secrets(model, metadata), *_rounded_by_bodies(model, metadata)]


def _secrets(model: ChartModel, metadata: Metadata) -> list[str]:
    """What "geheim" means where it stands, with the threshold of each body."""
    bodies = [provider_of(s.breakdown, metadata) for s in model.series if any(p.status == PROTECTED for p in s.points)]
    named: dict[int, dict[str, None]] = {}
    for body in bodies:
        if body:
            named.setdefault(body.threshold, {})[body.name.to(model.lang)] = None
    if len(named) == 1:
        return [text(model.lang, "secrets.caveat", below=next(iter(named)) - 1)]
    return [
        text(model.lang, "secrets.caveat_of", names=", ".join(names), below=threshold - 1)
        for threshold, names in named.items()
    ]


def _rounded_by_bodies(model: ChartModel, metadata: Metadata) -> list[str]:
    bodies = dict.fromkeys(provider_of(s.breakdown, metadata) for s in model.series)
    return [
        text(model.lang, "secrets.rounded", name=body.name.to(model.lang), base=body.round_to)
        for body in bodies
        if body and body.round_to
    ]
