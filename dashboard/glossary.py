"""The glossary: official terms from the text files, and the codes that the store itself explains."""

from __future__ import annotations

from dataclasses import dataclass

from dashboard.metadata import Lang, Metadata
from dashboard.text import text, texts

_GROUP = "glossary."


@dataclass(frozen=True)
class Entry:
    """A term and what it means; ``about`` names the breakdown whose code it is, empty for a general term."""

    term: str
    meaning: str
    about: str = ""


def entries(metadata: Metadata, lang: Lang) -> tuple[Entry, ...]:
    """All terms in the alphabet's order, one of a name only."""
    keys = [key.removesuffix(".term") for key in texts(lang) if key.startswith(_GROUP) and key.endswith(".term")]
    general = [Entry(text(lang, f"{key}.term"), text(lang, f"{key}.meaning")) for key in keys]
    coded = [
        Entry(dimension.values[code].to(lang), meaning.to(lang), dimension.label.to(lang))
        for dimension in metadata.dimensions.values()
        for code, meaning in dimension.definitions.items()
        if code in dimension.values
    ]
    return tuple(sorted([*general, *coded], key=lambda entry: (_sorted_as(entry.term), entry.about)))


def _sorted_as(term: str) -> str:
    """As a German dictionary sorts: ä like a, without regard to capitals and quotation marks."""
    return term.casefold().lstrip('„"‚§ ').translate(str.maketrans("äöü", "aou"))
