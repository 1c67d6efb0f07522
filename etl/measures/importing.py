"""``etl import measures``: a filled form takes the place of the one before, and the store is published with it."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path

from etl.catalogue import Catalogue
from etl.counselling.opening import MAX_BYTES
from etl.counselling.problems import refused
from etl.measure_entries import Measure
from etl.measures.kept import imported_measures, keep_measures
from etl.measures.reading import read_measures
from etl.metadata import metadata_tables
from etl.publish import publish, writer_lock
from etl.sentences import Language
from etl.settings import Settings
from etl.store import applied_corrections, current_file, current_state


@dataclass(frozen=True)
class MeasuresImported:
    """What an import did: ids that are new, changed, gone and as before; ``vintage`` None if nothing was published."""

    new: tuple[str, ...]
    changed: tuple[str, ...]
    gone: tuple[str, ...]
    same: tuple[str, ...]
    vintage: str | None


def import_measures(settings: Settings, catalogue: Catalogue, path: Path, lang: Language = "de") -> MeasuresImported:
    """Keep the measures of a filled form in place of those of the form before, and publish them.

    Raises RefusedForm with all that is wrong with the file, OSError if it cannot be read: then nothing has changed.
    """
    if path.stat().st_size > MAX_BYTES:  # looked at before anything is read
        raise refused(lang, "too_large", megabytes=MAX_BYTES >> 20)
    read = read_measures(path.read_bytes(), catalogue, datetime.now(UTC), lang)
    settings.data_dir.mkdir(parents=True, exist_ok=True)
    with writer_lock(settings.published_dir):
        before = {m.id: m for m in imported_measures(settings.data_dir)}
        # who repeats an entry does not report it anew
        now = {m.id: before[m.id] if _alike(m, before.get(m.id)) else m for m in read}
        keep_measures(settings.data_dir, tuple(now.values()))
        vintage = _publish(settings, catalogue, tuple(now.values()))
    return MeasuresImported(
        new=tuple(i for i in now if i not in before),
        changed=tuple(i for i, m in now.items() if i in before and before[i] != m),
        gone=tuple(i for i in before if i not in now),
        same=tuple(i for i, m in now.items() if before.get(i) == m),
        vintage=vintage,
    )


def _alike(measure: Measure, other: Measure | None) -> bool:
    return other is not None and measure == other.model_copy(update={"imported_at": measure.imported_at})


def _publish(settings: Settings, catalogue: Catalogue, measures: Sequence[Measure]) -> str | None:
    """The figures as they are, with the new register; None if nothing was ever published or nothing changed."""
    folder = settings.published_dir
    if current_file(folder) is None:
        return None
    applied = [c for found in applied_corrections(folder).values() for c in found]
    made = publish(folder, current_state(folder), metadata_tables(catalogue, applied, measures), "measures")
    return made.vintage if made else None
