"""Everything that a page of the app says in an ``AppTest``, as its reader sees it."""

from __future__ import annotations

from pathlib import Path

from streamlit.testing.v1 import AppTest

from dashboard.page import PATHS

FOLDER = Path(__file__).resolve().parents[2] / "dashboard"
_WORDS = ("value", "label", "options", "placeholder", "help")


def opened(script: str, **link: str) -> AppTest:
    """The whole app with one page (``map.py``) open under a link; a trailing ``_`` of a name is dropped."""
    at = AppTest.from_file(str(FOLDER / "pages" / "main.py"), default_timeout=60)
    if PATHS[script] not in ("", script.removesuffix(".py")):
        at.run()  # only then a page is known whose address is not the name of its file
    for key, value in link.items():
        at.query_params[key.rstrip("_")] = value
    at.switch_page(script)
    at.run()
    assert not at.exception, at.exception
    return at


def said(at: AppTest) -> list[str]:
    """All texts: headings, prose, labels, options, the alternative texts of charts and what stands in them."""
    found: list[str] = []
    for element in at:
        chosen = hasattr(element, "options")  # then its value is what the program calls it, the options are the words
        for name in _WORDS[1:] if chosen else _WORDS:
            try:
                value = getattr(element, name, None)
            except (NotImplementedError, ValueError):
                continue
            found += [value] if isinstance(value, str) else []
            found += [v for v in value if isinstance(v, str)] if isinstance(value, list | tuple) else []
        proto = getattr(element, "proto", None)
        found += [str(getattr(proto, name)) for name in ("alt", "label", "body") if getattr(proto, name, "")]
    return [*dict.fromkeys(one for one in found if one)]
