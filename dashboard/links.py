"""The form of links over time: an address of an older form is rewritten before it is read.

The parameter ``link`` holds the version; an address without it has the first form, as all links had that were copied
before there was a second one. A link carries its version only where the first form would mean something else.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from types import MappingProxyType

from dashboard.metadata import Metadata
from dashboard.periods import SEMESTER, SEMESTERS

VERSION_PARAMETER = "link"
FIRST_VERSION = 1
NEWER, UNKNOWN = "link_newer", "link_unknown"  # the notes that reading can leave

Migration = Callable[[Mapping[str, str], Metadata], dict[str, str]]

_SEMESTER_BY_MONTH = re.compile(r"\s*(\d{4})-(04|10)\s*", re.ASCII)


def semesters_by_name(params: Mapping[str, str], metadata: Metadata) -> dict[str, str]:
    """Version 1 to 2: semesters were named by the month they begin with (``2023-10``); now it is ``2023-WS``.

    Read as a month, the end of a range would lose its last semester. Months of other indicators stay months.
    """
    wanted = [part.strip() for part in params.get("i", "").split(",") if part.strip()]
    known = [metadata.indicators[i] for i in wanted if i in metadata.indicators]
    if not known or any(i.period_kind != SEMESTER for i in known):
        return dict(params)
    return {key: _semester(value) if key in ("from", "to") else value for key, value in params.items()}


# from which version; the function brings an address to the next one
MIGRATIONS: Mapping[int, Migration] = MappingProxyType({FIRST_VERSION: semesters_by_name})


def upgraded(
    params: Mapping[str, str],
    metadata: Metadata,
    migrations: Mapping[int, Migration] = MIGRATIONS,
) -> tuple[dict[str, str], str | None]:
    """The address in the newest form, without its version, and the key of a note where the version is not known.

    What a newer monitor wrote is read as the newest form known here.
    """
    written = params.get(VERSION_PARAMETER, "").strip()
    found = {key: value for key, value in params.items() if key != VERSION_PARAMETER}
    if written and not (written.isascii() and written.isdecimal() and int(written[:9]) >= FIRST_VERSION):
        return found, UNKNOWN
    version, newest = int(written[:9] or FIRST_VERSION), max(migrations, default=0) + 1
    for step in range(version, newest):
        found = migrations[step](found, metadata)
    return found, NEWER if version > newest else None


def versioned(
    params: Mapping[str, str], metadata: Metadata, migrations: Mapping[int, Migration] = MIGRATIONS
) -> dict[str, str]:
    """An address of the newest form, with its version where it would be taken for an older one otherwise."""
    plain = dict(params)
    if upgraded(plain, metadata, migrations)[0] == plain:
        return plain
    return plain | {VERSION_PARAMETER: str(max(migrations) + 1)}


def _semester(value: str) -> str:
    found = _SEMESTER_BY_MONTH.fullmatch(value)
    return f"{found[1]}-{SEMESTERS[found[2]]}" if found else value
