"""A file of a meeting as text: packed into a link, or as JSON to save and to load.

A link holds ``1.`` and the packed JSON; the number is the version of the form. Whatever comes in is bounded before it
is unpacked, and leaves one kind of error with a note for the reader.
"""

from __future__ import annotations

import base64
import binascii
import json
import zlib
from collections.abc import Callable, Mapping
from types import MappingProxyType
from typing import Any

from pydantic import ValidationError
from pydantic_core import from_json

from dashboard.meeting.model import MeetingFile
from dashboard.view import LONGEST_NOTE_VALUE, Note

PARAMETER = "f"
LONGEST_LINK = 8_000  # characters of a whole link; longer ones are cut by mail programs and servers
MOST_PACKED = 16_000  # characters that are read at all
MOST_BYTES = 200_000  # of a file's JSON; a link of a few hundred characters could unpack to megabytes
VERSION = 1
VERSION_KEY = "version"

Migration = Callable[[Mapping[str, Any]], Mapping[str, Any]]
# from which version; the function brings the JSON to the next one
MIGRATIONS: Mapping[int, Migration] = MappingProxyType({})


class FileError(ValueError):
    """A file that cannot be read; ``note`` says why, for the reader."""

    def __init__(self, key: str, **values: str) -> None:
        super().__init__(key)
        shown = {k: v if len(v) <= LONGEST_NOTE_VALUE else v[:LONGEST_NOTE_VALUE] + "…" for k, v in values.items()}
        self.note = Note(key, tuple(shown.items()))


def packed(file: MeetingFile) -> str:
    """The value of a link's parameter; letters, digits, ``-``, ``_`` and one point only."""
    said = json.dumps(_tree(file), ensure_ascii=False, separators=(",", ":")).encode()
    return f"{VERSION}.{base64.urlsafe_b64encode(zlib.compress(said, 9)).decode().rstrip('=')}"


def unpacked(said: str, migrations: Mapping[int, Migration] = MIGRATIONS) -> MeetingFile:
    """The file of a link's parameter of any version. Raises FileError for everything that is none."""
    version, point, body = said.strip().partition(".")
    if not point or not (version.isascii() and version.isdecimal()):
        raise FileError("round_table.notes.no_file")
    if len(said) > MOST_PACKED:
        raise FileError("round_table.notes.too_large")
    try:
        raw = base64.b64decode(body + "=" * (-len(body) % 4), altchars="-_", validate=True)
        reader = zlib.decompressobj()
        found = reader.decompress(raw, MOST_BYTES + 1)
    except (binascii.Error, ValueError, zlib.error) as error:
        raise FileError("round_table.notes.cut") from error
    if len(found) > MOST_BYTES:
        raise FileError("round_table.notes.too_large")
    if not reader.eof:
        raise FileError("round_table.notes.cut")
    return _read(found, int(version[:9]), migrations)


def saved(file: MeetingFile) -> bytes:
    """The file as JSON that a person can read, too."""
    tree = {VERSION_KEY: VERSION} | _tree(file)
    return (json.dumps(tree, ensure_ascii=False, indent=2) + "\n").encode()


def loaded(body: bytes, migrations: Mapping[int, Migration] = MIGRATIONS) -> MeetingFile:
    """The file of saved JSON of any version. Raises FileError for everything that is none."""
    if len(body) > MOST_BYTES:
        raise FileError("round_table.notes.too_large")
    return _read(body.removeprefix(b"\xef\xbb\xbf"), None, migrations)


def _tree(file: MeetingFile) -> dict[str, Any]:
    """The file without what is as it would be anyway."""
    return file.model_dump(mode="json", exclude_defaults=True)


def _read(body: bytes, version: int | None, migrations: Mapping[int, Migration]) -> MeetingFile:
    """``version`` None: the JSON says it itself."""
    try:
        found: Any = from_json(body, allow_inf_nan=False)
    except ValueError as error:
        raise FileError("round_table.notes.no_file") from error
    if not isinstance(found, dict):
        raise FileError("round_table.notes.no_file")
    said = found.pop(VERSION_KEY, version)
    newest = max(migrations, default=0) + 1
    if not isinstance(said, int) or isinstance(said, bool) or said < 1:
        raise FileError("round_table.notes.no_file")
    if said > newest:
        raise FileError("round_table.notes.newer", version=str(said))
    tree: Mapping[str, Any] = found
    for step in range(said, newest):
        tree = migrations[step](tree)
    try:
        return MeetingFile.model_validate(tree)
    except ValidationError as error:
        place = ".".join(str(part) for part in error.errors()[0]["loc"]) or "-"
        raise FileError("round_table.notes.wrong", place=place) from error
