"""A prepared file as a document, without the app: ``python -m dashboard.exports.briefing NAME --out FILE.pdf``.

``etl briefing`` runs this as a program of its own, because the store is the only door between the two. It reads the
current store of ``ETL_DATA_DIR``; links and their QR codes lead to ``MONITOR_ADDRESS`` if that is set.
"""

from __future__ import annotations

import argparse
import sys
from datetime import UTC, date, datetime
from pathlib import Path

from dashboard.answers import origin_from
from dashboard.meeting.document import document_of
from dashboard.meeting.prepared import opened, prepared_files
from dashboard.meeting.typeset import KINDS, typeset
from dashboard.metadata_reading import read_metadata
from dashboard.store import NoStoreError, current_store
from dashboard.text import LANGUAGES

FAILED, USAGE = 1, 2


def main(arguments: list[str] | None = None) -> int:
    """Writes the file; 1 without a usable store or place to write to, 2 for a name or ending that is not known."""
    given = _parser().parse_args(arguments)
    kind = given.out.suffix.removeprefix(".").lower()
    if kind not in KINDS:
        return _said(f"{given.out.name}: expected a name that ends in .{', .'.join(KINDS)}", USAGE)
    try:
        store = current_store()
        origin = origin_from("", "", "")
    except (NoStoreError, ValueError) as error:
        return _said(str(error), FAILED)
    known, metadata = prepared_files(store), read_metadata(store)
    if given.name not in known:
        return _said(f"there is no briefing '{given.name}'; there are {', '.join(known)}", USAGE)
    file, missing = opened(known[given.name], metadata, given.lang)
    file = file.model_copy(update={"day": given.date, "since": given.since, "place": given.place})
    document = document_of(file, store, metadata, origin=origin, today=datetime.now(UTC).date())
    try:
        given.out.write_bytes(typeset(kind, document))
    except OSError as error:
        return _said(f"{given.out} cannot be written: {error}", FAILED)
    print(f"{given.out}: {len(document.parts)} charts, data state {file.vintage}")
    for heading in missing:
        print(f"left out, no published figures: {heading}")
    return 0


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("name")
    parser.add_argument("--out", type=Path, required=True)
    parser.add_argument("--lang", choices=LANGUAGES, default=LANGUAGES[0])
    parser.add_argument("--date", type=date.fromisoformat, help="day of the meeting")
    parser.add_argument("--since", type=date.fromisoformat, help="day of the last meeting")
    parser.add_argument("--place", default="")
    return parser


def _said(message: str, status: int) -> int:
    print(message, file=sys.stderr)
    return status


if __name__ == "__main__":
    sys.exit(main())
