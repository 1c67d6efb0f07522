"""What a reader gets of the counselling figures: through the file export and through the dashboard's HTTP route."""

from __future__ import annotations

import io
import json
import os
import subprocess
import sys
import tempfile
from pathlib import Path
from unittest.mock import patch

import polars as pl
from starlette.applications import Starlette
from starlette.testclient import TestClient

from dashboard.api import OBSERVATIONS, ROUTES

INDICATORS = ("counselling_contacts", "counselling_contacts_quarterly", "counselling_contacts_monthly")
KEY = ["indicator", "region", "period", "breakdown", "source"]
COLUMNS = [*KEY, "value", "status"]


def published_through_doors(data_dir: Path, source: str = "counselling") -> list[pl.DataFrame]:
    """The counselling figures of ``source`` as every vintage of the store under ``data_dir`` gives them, oldest first.

    Each frame has the columns ``COLUMNS`` (value null where secret) and holds what ``etl export --as-of`` writes and
    what ``/data/v1/observations.csv?v=`` answers, each figure once: ``tests.etl.attacker.attack`` takes the list as it
    is. A vintage without such figures gives an empty frame. Raises ValueError if the two doors tell different things
    of a figure, or if one tells a figure that the other does not.
    """
    with patch.dict(os.environ, {"ETL_DATA_DIR": str(data_dir)}), tempfile.TemporaryDirectory() as folder:
        frames = []
        for vintage in _vintages():
            doors = [_exported(vintage, Path(folder)), _answered(vintage)]
            exported, answered = (d.filter(pl.col("source") == source).sort(KEY) for d in doors)
            if not exported.equals(answered):
                raise ValueError(f"vintage {vintage}: the export and the dashboard do not tell the same figures")
            frames.append(exported)
        return frames


def _vintages() -> list[str]:
    return [row["vintage"] for row in json.loads(_told("vintages", "--json"))]


def _exported(vintage: str, folder: Path) -> pl.DataFrame:
    out = folder / f"{vintage}.csv"
    _told("export", "--out", str(out), "--as-of", vintage, *(w for i in INDICATORS for w in ("--indicator", i)))
    return _read(out.read_bytes())


def _answered(vintage: str) -> pl.DataFrame:
    answer = TestClient(Starlette(routes=ROUTES)).get(f"{OBSERVATIONS}?v={vintage}")
    if answer.status_code != 200:
        raise ValueError(f"vintage {vintage}: expected figures, got {answer.status_code} {answer.text}")
    return _read(answer.content).filter(pl.col("indicator").is_in(INDICATORS))  # it refuses one that has no figures yet


def _told(*words: str) -> str:
    """What ``etl`` prints, in a process of its own: one process cannot open the store both ways.

    Raises ValueError if it fails.
    """
    done = subprocess.run([sys.executable, "-m", "etl", *words], capture_output=True, text=True, check=False)
    if done.returncode:
        raise ValueError(f"etl {' '.join(words)}: exit code {done.returncode}\n{done.stderr}")
    return done.stdout


def _read(body: bytes) -> pl.DataFrame:
    frame = pl.read_csv(io.BytesIO(body), infer_schema=False)
    return frame.select(COLUMNS).with_columns(pl.col("value").cast(pl.Float64))
