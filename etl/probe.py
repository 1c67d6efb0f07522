"""``etl probe``: which of the assumptions about a publisher hold today."""

from __future__ import annotations

from datetime import UTC, datetime

from etl.catalogue import Catalogue
from etl.http import PoliteSession
from etl.registry import SOURCES
from etl.settings import Settings
from etl.sources.base import Finding

NO_PROBE = "the source has a probe"
NOTHING_TO_ASK = "its files come by hand, there is nothing to ask"


def run_probe(settings: Settings, catalogue: Catalogue, source_id: str) -> list[Finding]:
    """The findings of the source's own probe; none of a source by hand, an ``unknown`` one if another has no probe."""
    source = catalogue.sources[source_id]
    if source.manual:
        return []
    code = SOURCES.get(source_id)
    if code is None or code.probe is None:
        return [Finding(NO_PROBE, "unknown", f"{source_id} has none; nothing was asked")]
    context = settings.context(source, catalogue, datetime.now(UTC).date())
    return code.probe(PoliteSession(source), context)
