"""``etl import counselling``: a body's form is read, its figures are protected, and only these are published.

The file and its rows go to the private files. Nothing but protected figures reaches the store, the records of runs,
the log, or what is printed.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from contextlib import suppress
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path

from etl.catalogue import Catalogue
from etl.counselling.comparing import Difference
from etl.counselling.opening import MAX_BYTES
from etl.counselling.preparing import Delivery, Prepared, prepare
from etl.counselling.private import Entry, described, private_files
from etl.counselling.problems import refused
from etl.counselling.protecting import Report
from etl.counselling.published import TABLE, ever_published
from etl.counselling.reading import read_form
from etl.counselling_entries import Provider
from etl.errors import StoreError
from etl.loading import Loaded, TableOutcome
from etl.pipeline import REFUSED, RunResult, publish_loaded
from etl.publish import writer_lock
from etl.sentences import Language
from etl.settings import Settings

OnPrepared = Callable[[Difference, Report], None]


@dataclass(frozen=True)
class ImportResult:
    """What an import did, or in a dry run would do: then ``run`` is None."""

    provider: str
    source: str
    periods: tuple[str, ...]  # of the file
    difference: Difference
    report: Report
    run: RunResult | None

    @property
    def exit_code(self) -> int:
        return self.run.exit_code if self.run else 0


def import_counselling(
    settings: Settings,
    catalogue: Catalogue,
    path: Path,
    provider: Provider,
    lang: Language = "de",
    dry_run: bool = False,
    on_prepared: OnPrepared = lambda difference, report: None,
) -> ImportResult:
    """Publish the figures of a provider's form, protected; ``on_prepared`` is told what changes before it does.

    Raises RefusedForm with all that is wrong with the file, RefusedError if its figures cannot be protected, OSError
    if it cannot be read: then nothing has changed.
    """
    if path.stat().st_size > MAX_BYTES:  # looked at before anything is read
        raise refused(lang, "too_large", megabytes=MAX_BYTES >> 20)
    body = path.read_bytes()
    form = read_form(body, catalogue, provider, datetime.now(UTC).date(), lang)
    job = _Import(settings, catalogue, Delivery(provider, path.name, body, form), lang, on_prepared)
    run = None
    if dry_run:
        job.look()
    else:
        run = job.publish()
    prepared = job.prepared
    return ImportResult(provider.id, job.delivery.source, form.periods, prepared.difference, prepared.report, run)


class _Import:
    """One import: what it prepared, and the file that it kept and must not leave behind if it fails."""

    prepared: Prepared

    def __init__(
        self,
        settings: Settings,
        catalogue: Catalogue,
        delivery: Delivery,
        lang: Language,
        on_prepared: OnPrepared,
    ) -> None:
        self.settings, self.catalogue, self.delivery = settings, catalogue, delivery
        self.lang, self.on_prepared = lang, on_prepared
        self.files = private_files(settings)
        self.kept: Entry | None = None

    def look(self) -> None:
        """Prepare everything and publish nothing."""
        with writer_lock(self.settings.published_dir):
            self._prepare(self._ended()[0])

    def publish(self) -> RunResult:
        """Prepare, keep the file and publish; a file whose figures were not published does not stay."""
        try:
            return publish_loaded(
                self.settings,
                self.catalogue,
                self._loading,
                accept_revisions=True,  # a later file replaces an earlier one, its difference was told
                expected=None,
                by_hand=True,
                may_take_back=True,
                ended=self._settle,
            )
        except BaseException:
            with suppress(StoreError):
                self._give_up()
            raise

    def _loading(self) -> Loaded:
        entries, left_over = self._ended()
        for entry in left_over:  # of an import that was killed before it published
            self.files.drop(entry)
        entries = [entry if entry.published else self.files.confirm(entry) for entry in entries]
        received_at = self._prepare(entries)
        if not (entries and entries[-1].received_at == received_at):
            d = self.delivery
            self.kept = described(d.provider.id, d.name, d.body, d.form.rows, d.invented, received_at)
            self.files.keep(self.kept, d.body, d.form.rows, self.prepared.cells)
        figures = self.prepared.figures
        return Loaded(
            frames=[frame for frame in figures.values() if not frame.is_empty()],
            outcomes=[TableOutcome(source, TABLE, "loaded", frame.height) for source, frame in figures.items()],
        )

    def _prepare(self, entries: Sequence[Entry]) -> datetime:
        """When the file counts as received: the very file that came last keeps its time.

        Unless other figures are published of it than then, because the catalogue asks for others now: what is
        published must be on record, or the next import would not know it.
        """
        d = self.delivery
        received_at = self.files.next_time(d.provider.id)
        if entries and entries[-1].sha256 == d.sha256:
            prepared = self._prepared(entries, entries[-1].received_at)
            if prepared.cells.equals(self.files.cells(entries[-1])):
                received_at = entries[-1].received_at
            else:
                prepared = self._prepared(entries, received_at)
        else:
            prepared = self._prepared(entries, received_at)
        self.prepared = prepared
        self.on_prepared(prepared.difference, prepared.report)
        return received_at

    def _prepared(self, entries: Sequence[Entry], received_at: datetime) -> Prepared:
        folder = self.settings.published_dir
        return prepare(folder, self.catalogue, self.delivery, self.files, entries, received_at, self.lang)

    def _ended(self) -> tuple[list[Entry], list[Entry]]:
        """The provider's files, real or invented as this one: those whose import came to its end, and the others."""
        every = self.files.entries(self.delivery.provider.id)
        alike = [entry for entry in every if entry.invented == self.delivery.invented]
        ended = [entry for entry in alike if entry.published or self._is_published(entry)]
        return ended, [entry for entry in alike if entry not in ended]

    def _is_published(self, entry: Entry) -> bool:
        """Whether figures of the file are in the store: its import was killed only after it had published."""
        ever = ever_published(self.settings.published_dir, self.delivery.source, self.delivery.provider)
        return entry.received_at.replace(tzinfo=None) in ever["retrieved_at"]

    def _settle(self, result: RunResult) -> None:
        if self.kept is None:
            return
        if result.exit_code == REFUSED:
            self.files.drop(self.kept)
        else:
            self.files.confirm(self.kept)
        self.kept = None

    def _give_up(self) -> None:
        if self.kept is not None and not self._is_published(self.kept):
            self.files.drop(self.kept)
