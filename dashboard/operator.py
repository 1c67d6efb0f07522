"""What only the operator can say: imprint, and contact and enforcement body of the accessibility statement.

Each is a Markdown file named by an environment variable (or ``.env``). An English version may lie beside it, with
``.en`` before the ending: ``imprint.md``, ``imprint.en.md``.
"""

from __future__ import annotations

import logging
import os
from pathlib import Path

from dotenv import load_dotenv

from dashboard.metadata import Lang
from dashboard.store import PROJECT
from dashboard.text import LANGUAGES

IMPRINT = "MONITOR_IMPRINT"
ACCESSIBILITY_CONTACT = "MONITOR_ACCESSIBILITY_CONTACT"
LONGEST = 100_000  # bytes; a whole book is a mistake

_log = logging.getLogger(__name__)


def operator_text(setting: str, lang: Lang) -> str | None:
    """The operator's Markdown; None where there is none or it cannot be read, which the server's log explains."""
    load_dotenv(PROJECT / ".env")
    named = os.environ.get(setting)
    if not named:
        return None
    path = Path(named)
    translated = path.with_suffix(f".{lang}{path.suffix}")
    if lang != LANGUAGES[0] and translated.is_file():
        path = translated
    try:
        if path.stat().st_size > LONGEST:
            raise ValueError(f"has more than {LONGEST} bytes")
        return path.read_text(encoding="utf-8").strip() or None
    except (OSError, ValueError) as error:
        _log.error("%s names %s, which cannot be shown: %s. Expected a Markdown file in UTF-8.", setting, path, error)
        return None
