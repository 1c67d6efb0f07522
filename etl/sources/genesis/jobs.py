"""Tables that are too big for a dialogue: ordered as a job, waited for, fetched.

The name of an ordered job lies beside the table's raw replies until its result is fetched, so that a run that was
killed while it waited is resumed by the next one instead of ordering the same again.
"""

from __future__ import annotations

import re
import time
from datetime import UTC, datetime, timedelta
from pathlib import Path

import structlog
from pydantic import BaseModel, ConfigDict, ValidationError

from etl.errors import FetchError, NotOfferedError
from etl.http import HttpReply, is_loopback
from etl.raw import write_atomically
from etl.sources.genesis.client import DONE, GenesisClient, TableState
from etl.sources.genesis.envelope import NOT_FOUND, ORDERED, Asked, told
from etl.sources.genesis.requests import LANGUAGE, Form, as_job

FILE = "job.json"
KEPT = timedelta(hours=24)  # results are kept for some days; a job that was left for a day is ordered anew
POLLS = 257  # half an hour
POLL_SECONDS = 7.0
LOOPBACK_POLL_SECONDS = 0.05
_NAME = re.compile(r":\s*(\S+_\d+)")

log = structlog.get_logger()


class Job(BaseModel):
    """An ordered job: its name at the publisher, what was ordered, and the state of the table then."""

    model_config = ConfigDict(extra="ignore", frozen=True)

    name: str
    ordered_at: datetime
    form: dict[str, str]
    updated: datetime | None = None
    newest: str | None = None


def resumable(folder: Path, form: Form, state: TableState, now: datetime) -> Job | None:
    """The job that was ordered before and still fits; any other one is forgotten.

    It fits if it is younger than a day, for the same form, and the table was not updated since.
    """
    try:
        job = Job.model_validate_json((folder / FILE).read_bytes())
    except FileNotFoundError:
        return None
    except (OSError, ValidationError):
        forget(folder)
        return None
    fresh = timedelta(0) <= now - job.ordered_at < KEPT
    if fresh and job.form == dict(form) and (job.updated, job.newest) == (state.updated, state.newest):
        return job
    forget(folder)
    return None


def forget(folder: Path) -> None:
    """No job is waited for any more."""
    (folder / FILE).unlink(missing_ok=True)


def order(client: GenesisClient, folder: Path, table: str, form: Form, state: TableState) -> Job | HttpReply:
    """Order the table as a job and put its name on record; the table itself if it came at once."""
    asked = Asked(client.source, table, "data/tablefile", file=True, codes=frozenset({ORDERED}))
    reply, answer = client.ask(asked, as_job(form))
    if answer.kind == "file":
        return reply
    found = _NAME.search(answer.content)
    if found is None:
        raise FetchError(
            f"{asked.where} ordered a job and answered {told(answer)}, expected its name at the end; see 'etl probe', "
            "or fetch the result on the publisher's page"
        )
    job = Job(name=found[1], ordered_at=datetime.now(UTC), form=dict(form), updated=state.updated, newest=state.newest)
    folder.mkdir(parents=True, exist_ok=True)
    write_atomically(folder / FILE, job.model_dump_json(indent=1).encode())
    log.info("job ordered", source=client.source, table=table, job=job.name)
    return job


def collect(client: GenesisClient, folder: Path, table: str, job: Job) -> HttpReply:
    """Wait until the job is done and fetch its result.

    Raises FetchError if it is not done within half an hour, or its result is gone: both forget the job. After any
    other failure it stays on record.
    """
    if not _is_done(client, table, job):
        forget(folder)
        raise FetchError(
            f"{client.source}: table {table}: the job {job.name}, ordered {job.ordered_at:%Y-%m-%d %H:%M} UTC, was not "
            f"ready after {POLLS} questions in half an hour; run again later, the table is then ordered anew"
        )
    asked = Asked(client.source, table, "data/resultfile", file=True)
    form: Form = (
        ("name", job.name),
        ("area", "all"),
        ("format", "ffcsv"),
        LANGUAGE,
        ("compress", "true"),
    )
    try:
        return client.ask(asked, form)[0]
    except NotOfferedError as error:
        forget(folder)
        raise FetchError(
            f"{client.source}: table {table}: the result of the job {job.name} is gone from the publisher; run again, "
            "the table is then ordered anew"
        ) from error


def _is_done(client: GenesisClient, table: str, job: Job) -> bool:
    asked = Asked(client.source, table, "catalogue/results", codes=DONE | {NOT_FOUND})
    form: Form = (("selection", job.name), ("area", "user"), ("pagelength", "1"), LANGUAGE)
    for poll in range(POLLS):
        if poll:
            time.sleep(LOOPBACK_POLL_SECONDS if is_loopback(client.base) else POLL_SECONDS)
        _, answer = client.ask(asked, form)
        listed = answer.document.get("List")
        if isinstance(listed, list) and any(isinstance(r, dict) and r.get("Code") == job.name for r in listed):
            return True
    return False
