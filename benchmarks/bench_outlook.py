"""Back-test of the model of /outlook: started some years ago, measured by what happened, beside constant growth.

The bundled figures are published into a folder of their own. Target: closer than constant growth in 6 of 8 districts.
"""

from __future__ import annotations

import os
import tempfile
from pathlib import Path

from benchmarks.measure import best_of, record
from dashboard.metadata import REGION_SUM, Metadata
from dashboard.metadata_reading import read_metadata
from dashboard.outlook.assumptions import read_assumptions
from dashboard.outlook.backtest import BackTest
from dashboard.outlook.evidence import read_evidence
from dashboard.outlook.scenario import Scenario, look_ahead, prepare
from dashboard.store import current_store
from etl.catalogue import load_catalogue
from etl.extract import load_extract

TARGET = 6
ROUNDS = 20


def table(test: BackTest, metadata: Metadata) -> str:
    """A Markdown table: people of working age at the end, and both errors, the closer one bold."""
    rows = [
        "| area | counted | model | constant growth | MAPE model | MAPE constant growth |",
        "|---|---:|---:|---:|---:|---:|",
    ]
    for one in (*test.districts, test.region):
        errors = [f"{error:.2f} %" for error in (one.model_error, one.naive_error)]
        closer = 0 if one.better else 1
        errors[closer] = f"**{errors[closer]}**"
        name = metadata.regions[one.region or REGION_SUM].name.en
        people = (f"{course[-1]:,.0f}" for course in (one.actual, one.model, one.naive))
        rows.append(f"| {name} | {' | '.join((*people, *errors))} |")
    return "\n".join(rows)


def main() -> None:
    with tempfile.TemporaryDirectory() as folder:
        load_extract(Path(folder) / "published", load_catalogue())
        os.environ["ETL_DATA_DIR"] = folder
        store = current_store()
        metadata = read_metadata(store)
        evidence, assumptions = read_evidence(store, metadata, None), read_assumptions(store)
        prepared = prepare(evidence, assumptions) if evidence and assumptions else None
        test = prepared.test if prepared else None
        if prepared is None or test is None:
            raise SystemExit("the bundled figures hold no age structures for the back-test")
        usual = Scenario(0, None, assumptions.levers["retention"].value or 0) if assumptions else None
        assert usual
        seconds, _ = best_of(ROUNDS, lambda: look_ahead(prepared, REGION_SUM, usual))
    each = [
        sum(errors) / len(errors)
        for errors in zip(*((d.model_error, d.naive_error) for d in test.districts), strict=True)
    ]
    record(
        "Outlook back-test",
        "python -m benchmarks.bench_outlook",
        f"People of working age (20 to under 65), forecast at the end of {test.start} from nothing known only later, "
        f"for every year up to {test.end}; mean absolute percentage error over these years; bold: the closer one. "
        f"Constant growth is the mean growth of the years before the start that the model uses too. "
        f"{'A new census lies between.' if test.broken else 'All on one census.'}\n\n"
        f"{table(test, metadata)}\n\n"
        f"Mean of the districts: model {each[0]:.2f} %, constant growth {each[1]:.2f} %. "
        f"Target: closer than constant growth in at least {TARGET} of 8 districts; measured: {test.better}. "
        f"A moved slider works the region out anew in {seconds * 1000:.0f} ms.",
    )
    if test.better < TARGET:
        raise SystemExit(f"closer than constant growth in {test.better} districts only, target {TARGET}")


if __name__ == "__main__":
    main()
