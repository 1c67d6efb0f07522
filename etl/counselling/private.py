"""The files of the counselling bodies as they came: outside of all that is published, readable by their owner only.

``<data>/private/counselling/<provider>/`` holds for each file its bytes, its rows as read, what was published of the
data set that it made, and a description that names no count. ``purges.jsonl`` beside the folders remembers what was
deleted, also without counts.
"""

from __future__ import annotations

import hashlib
import io
import os
import tempfile
from collections.abc import Iterable, Sequence
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from typing import TypeVar

import polars as pl
import structlog
from pydantic import BaseModel, ConfigDict, ValidationError

from etl.counselling.cells import kind_of, months_of
from etl.errors import StoreError
from etl.raw import STAMP
from etl.settings import Settings

log = structlog.get_logger()

PURGES = "purges.jsonl"
_ABOUT, _BODY, _ROWS, _CELLS = ".json", ".file", ".rows", ".cells"
_AT = ["office", "period"]

Pair = tuple[str, str]  # office and period
M = TypeVar("M", bound=BaseModel)


class _Description(BaseModel):
    """What is said of a file without its contents."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    provider: str
    name: str  # of the file, without its path
    sha256: str
    received_at: datetime
    invented: bool
    pairs: tuple[Pair, ...]  # the offices and periods that it covers


class Entry(_Description):
    """A file that is kept; ``published`` once its import came to its end."""

    published: bool = False


class Purge(_Description):
    """A file that was deleted, and when."""

    purged_at: datetime


class PrivateFiles:
    """All files below one folder; whoever writes holds the writer's lock."""

    def __init__(self, root: Path) -> None:
        self.root = root

    def next_time(self, provider: str) -> datetime:
        """When a file that comes now was received: later than every file before it, wherever the clock was set to."""
        last = max((e.received_at for e in self.entries(provider)), default=None)
        now = datetime.now(UTC)
        return now if last is None or last < now else last + timedelta(microseconds=1)

    def keep(self, entry: Entry, body: bytes, rows: pl.DataFrame, cells: pl.DataFrame) -> None:
        """Keep a file, the rows read from it, and the figures (``protecting.CELLS``) that are about to be published.

        The description comes last: without it the file is not there.
        """
        self._clean(self._folder(entry.provider))
        path = self._path(entry)
        _write(path.with_suffix(_BODY), body)
        for suffix, frame in ((_ROWS, rows), (_CELLS, cells)):
            table = io.BytesIO()
            frame.write_parquet(table)
            _write(path.with_suffix(suffix), table.getvalue())
        _write(path, entry.model_dump_json().encode())

    def confirm(self, entry: Entry) -> Entry:
        """Remember that the import of the file came to its end."""
        confirmed = entry.model_copy(update={"published": True})
        _write(self._path(entry), confirmed.model_dump_json().encode())
        return confirmed

    def drop(self, entry: Entry) -> None:
        """Forget a file whose import failed."""
        path = self._path(entry)
        for suffix in (_ABOUT, _BODY, _ROWS, _CELLS):  # the description first: a file is whole or not there
            path.with_suffix(suffix).unlink(missing_ok=True)

    def entries(self, provider: str) -> list[Entry]:
        """The provider's files, oldest first. Raises StoreError for a description that cannot be read."""
        paths = sorted((self.root / provider).glob(f"[!.]*{_ABOUT}"))
        return [_read(path, path.read_bytes(), Entry) for path in paths]

    def rows(self, entry: Entry) -> pl.DataFrame:
        """The rows of a kept file, as they were read when it came. Raises StoreError if they are gone or damaged."""
        return _read_table(self._path(entry).with_suffix(_ROWS))

    def cells(self, entry: Entry) -> pl.DataFrame:
        """What was published of the data set as it stood after a kept file. Raises StoreError as ``rows`` does."""
        return _read_table(self._path(entry).with_suffix(_CELLS))

    def purge(self, before: date) -> list[Purge]:
        """Delete all files received before a day (UTC) with their rows, and remember what they covered.

        The note is written first: a purge that is killed is finished by the next one.
        """
        now, found = datetime.now(UTC), list[Purge]()
        for folder in sorted(p for p in self.root.glob("*") if p.is_dir()):
            for entry in self.entries(folder.name):
                if entry.received_at.date() < before:
                    purge = Purge(**entry.model_dump(exclude={"published"}), purged_at=now)
                    self._note(purge)
                    self.drop(entry)
                    found.append(purge)
                    came = purge.received_at.isoformat()
                    log.info("purged", provider=purge.provider, sha256=purge.sha256, received_at=came)
            self._clean(folder)
        return found

    def purges(self, provider: str) -> list[Purge]:
        """What was purged of a provider, oldest first. Raises StoreError for a line that cannot be read."""
        path = self.root / PURGES
        lines = path.read_bytes().splitlines() if path.exists() else []
        every = [_read(path, line, Purge) for line in lines if line.strip()]
        return [purge for purge in every if purge.provider == provider]

    def last_received(self, invented: bool) -> datetime | None:
        """When a file last came whose import came to its end, kept or purged; None too for who must not look."""
        try:
            known: list[_Description] = [e for p in self.root.glob("*/") for e in self.entries(p.name) if e.published]
            known += [purge for p in self.root.glob("*/") for purge in self.purges(p.name)]
        except PermissionError:
            return None
        return max((d.received_at for d in known if d.invented == invented), default=None)

    def _folder(self, provider: str) -> Path:
        folder = self.root / provider
        for path in (self.root.parent, self.root, folder):
            path.mkdir(mode=0o700, parents=True, exist_ok=True)
            path.chmod(0o700)
        return folder

    def _path(self, entry: Entry) -> Path:
        return self.root / entry.provider / f"{entry.received_at:{STAMP}}{_ABOUT}"

    def _note(self, purge: Purge) -> None:
        """The list is written anew: a killed purge leaves no half line."""
        path = self.root / PURGES
        before = path.read_bytes() if path.exists() else b""
        _write(path, before + purge.model_dump_json().encode() + b"\n")

    @staticmethod
    def _clean(folder: Path) -> None:
        """Delete what a killed import or purge left: half-written files, and parts without a description."""
        for path in list(folder.iterdir()):
            if path.name.startswith(".") or not path.with_suffix(_ABOUT).exists():
                path.unlink()


def described(
    provider: str, name: str, body: bytes, rows: pl.DataFrame, invented: bool, received_at: datetime
) -> Entry:
    """The description of a file that came with these rows."""
    return Entry(
        provider=provider,
        name=name,
        sha256=hashlib.sha256(body).hexdigest(),
        received_at=received_at,
        invented=invented,
        pairs=tuple(sorted(_pairs(rows))),
    )


def private_files(settings: Settings) -> PrivateFiles:
    """The private files of a data folder."""
    return PrivateFiles(settings.data_dir / "private" / "counselling")


def editions(files: Sequence[pl.DataFrame]) -> list[pl.DataFrame]:
    """The rows of files, oldest first → the data set as it stood after each of them.

    A file replaces the offices and periods that it holds, a quarter its months and a month its quarter.
    """
    found: list[pl.DataFrame] = []
    for rows in files:
        before = found[-1] if found else rows.clear()
        held, came = _pairs(before), _pairs(rows)
        gone = {(o, p) for o, p in held for office, period in came if o == office and overlap(p, period)}
        replaced = pl.DataFrame(sorted(gone), schema=dict.fromkeys(_AT, pl.String), orient="row")
        found.append(pl.concat([before.join(replaced, on=_AT, how="anti"), rows.select(before.columns)]))
    return found


def _pairs(rows: pl.DataFrame) -> set[Pair]:
    return set(rows.select(_AT).unique().iter_rows())


def overlap(one: str, other: str) -> bool:
    """Whether two periods of a form, months or quarters, have a month in common."""
    return not set(_months(one)).isdisjoint(_months(other))


def _months(period: str) -> tuple[str, ...]:
    return months_of(period) if kind_of(period) == "quarter" else (period,)


def covered(entries: Iterable[Entry]) -> set[Pair]:
    """All offices and periods that files cover."""
    return {pair for entry in entries for pair in entry.pairs}


def _read(path: Path, text: bytes, model: type[M]) -> M:
    try:
        return model.model_validate_json(text)
    except ValidationError as error:
        raise StoreError(f"{path}: expected a description of a private file, it is damaged; restore it") from error


def _read_table(path: Path) -> pl.DataFrame:
    try:
        return pl.read_parquet(path.read_bytes())
    except (OSError, pl.exceptions.PolarsError) as error:
        raise StoreError(f"{path}: expected a table of the import, it cannot be read; restore the file") from error


def _write(path: Path, body: bytes) -> None:
    """Write a file of its owner's own, so that it is either the old one or wholly the new one."""
    handle, temporary = tempfile.mkstemp(dir=path.parent, prefix=".")
    try:
        os.fchmod(handle, 0o600)  # whatever the umask says
        with os.fdopen(handle, "wb") as file:
            file.write(body)
            file.flush()
            os.fsync(file.fileno())
        Path(temporary).replace(path)
    except BaseException:
        Path(temporary).unlink(missing_ok=True)
        raise
