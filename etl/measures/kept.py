"""Where the measures of the last form lie: one file in ``ETL_DATA_DIR``, apart from the catalogue."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

from etl.catalogue import read_yaml
from etl.measure_entries import Measure, MeasuresFile
from etl.raw import write_atomically

FILE = "measures.json"


def imported_measures(data_dir: Path) -> tuple[Measure, ...]:
    """The measures that the last form brought; none if there was no form. Raises CatalogueError for a damaged file."""
    path = data_dir / FILE
    return read_yaml(path, MeasuresFile).measures if path.exists() else ()


def keep_measures(data_dir: Path, measures: Sequence[Measure]) -> None:
    """The whole list in place of the one before."""
    body = MeasuresFile(measures=tuple(measures)).model_dump_json(indent=1)
    write_atomically(data_dir / FILE, body.encode())
