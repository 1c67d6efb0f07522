"""The interface's texts in both languages, read once from the YAML files beside this module."""

from __future__ import annotations

from functools import cache
from pathlib import Path

import yaml

from dashboard.metadata import Lang

LANGUAGES: tuple[Lang, ...] = ("de", "en")


@cache
def texts(lang: Lang) -> dict[str, str]:
    """All texts of a language under dotted keys (``explore.title``)."""
    raw = yaml.safe_load((Path(__file__).parent / f"{lang}.yaml").read_text(encoding="utf-8"))
    return dict(_flat(raw))


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
