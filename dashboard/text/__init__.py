"""The interface's texts in both languages, read once from the YAML files of the folders ``de`` and ``en``.

One file for each part of the interface; a group of keys (``explore``) lies in one file only.
"""

from __future__ import annotations

from functools import cache
from pathlib import Path

import yaml

from dashboard.metadata import Lang

LANGUAGES: tuple[Lang, ...] = ("de", "en")


@cache
def texts(lang: Lang) -> dict[str, str]:
    """All texts of a language under dotted keys (``explore.title``)."""
    found: dict[str, str] = {}
    for path in sorted((Path(__file__).parent / lang).glob("*.yaml")):
        found |= _flat(yaml.safe_load(path.read_text(encoding="utf-8")))
    return found


def text(lang: Lang, key: str, /, **values: object) -> str:
    """One text with its ``{placeholders}`` filled.

    Raises KeyError for an unknown key or a missing value: both are mistakes of the programmer.
    """
    return texts(lang)[key].format_map(values)


def has_text(lang: Lang, key: str) -> bool:
    return key in texts(lang)


def _flat(tree: dict[str, object], prefix: str = "") -> list[tuple[str, str]]:
    pairs: list[tuple[str, str]] = []
    for key, value in tree.items():
        pairs += _flat(value, f"{prefix}{key}.") if isinstance(value, dict) else [(f"{prefix}{key}", str(value))]
    return pairs
