"""Areas inside a sentence: ``in Helmstedt``, ``in der Region Braunschweig``."""

from __future__ import annotations

from dashboard.metadata import Lang, Metadata
from dashboard.text import has_text, text


def in_place(region: str, metadata: Metadata, lang: Lang) -> str:
    """Where something is; areas whose name takes an article have their own text."""
    key = f"in_places.{region}"
    if has_text(lang, key):
        return text(lang, key)
    return text(lang, "figures.in", place=metadata.regions[region].short.to(lang))
