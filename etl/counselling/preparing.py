"""From a body's form and its earlier files to the counselling figures that may stand in the store next."""

from __future__ import annotations

import hashlib
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import Final

import polars as pl

from etl.catalogue import Catalogue
from etl.counselling.closing import Closing, closing
from etl.counselling.comparing import Difference, difference
from etl.counselling.form import codes
from etl.counselling.private import Entry, PrivateFiles, covered, editions
from etl.counselling.problems import RefusedForm
from etl.counselling.protecting import Report, protect
from etl.counselling.published import DEMO, REAL, current_figures_of, ever_published, observations_of, provider_code
from etl.counselling.reading import Form
from etl.counselling_entries import Provider
from etl.disclosure import DisclosureError
from etl.errors import StoreError
from etl.imports import RefusedError
from etl.sentences import Language

_REAL_ALREADY: Final[dict[Language, str]] = {
    "de": "Die Zahlen sind als erfunden gekennzeichnet, es sind aber schon echte veröffentlicht; erfundene gehören "
    "nicht daneben. Zum Ausprobieren einen anderen Datenordner nehmen (ETL_DATA_DIR)",
    "en": "The figures are marked as invented, but real ones are published already; invented ones do not belong "
    "beside them. To try something out use another data folder (ETL_DATA_DIR)",
}


@dataclass(frozen=True)
class Delivery:
    """A form that was read: whose it is, and the file that it came in."""

    provider: Provider
    name: str
    body: bytes
    form: Form

    @property
    def invented(self) -> bool:
        return self.form.invented or self.provider.invented

    @property
    def source(self) -> str:
        """The source that its figures are published under."""
        return DEMO if self.invented else REAL

    @property
    def sha256(self) -> str:
        return hashlib.sha256(self.body).hexdigest()


@dataclass(frozen=True)
class Prepared:
    """What is to be published: by source all its rows, the other bodies' too; a source whose rows go has none."""

    figures: dict[str, pl.DataFrame]
    cells: pl.DataFrame  # of the provider's own data set, as protected
    difference: Difference
    report: Report


def prepare(
    published_dir: Path,
    catalogue: Catalogue,
    delivery: Delivery,
    files: PrivateFiles,
    entries: Sequence[Entry],
    received_at: datetime,
    lang: Language,
) -> Prepared:
    """The protected figures of a delivery on top of the provider's earlier files (``entries``, of its kind only).

    Raises RefusedForm for periods that are closed and for invented figures beside real ones, RefusedError if
    protection is impossible, StoreError for kept rows that do not fit the catalogue.
    """
    provider, rows = delivery.provider, delivery.form.rows
    current = current_figures_of(published_dir, catalogue)
    ever = ever_published(published_dir, delivery.source, provider)
    shut = closing(files.purges(provider.id), covered(entries), ever, provider, delivery.invented)
    problems = shut.problems(delivery.form.periods, provider, lang)
    if delivery.invented and REAL in current["source"]:
        problems.append(_REAL_ALREADY[lang])
    if problems:
        raise RefusedForm(problems)
    every = editions([*(files.rows(entry) for entry in entries), rows])
    before = every[-2] if entries else rows.clear()
    published = [files.cells(entry) for entry in entries]
    states, published = _open(every, published, shut)
    _refuse_codes_that_are_gone(states, catalogue, provider)
    try:
        protected = protect(states, published, catalogue, provider)
    except (DisclosureError, ArithmeticError) as error:
        raise RefusedError(f"{provider.id}: {error}") from error
    _refuse_small_counts(protected.cells, published, catalogue, provider)
    fresh = observations_of(protected.cells, catalogue, provider, delivery.source, received_at)
    of_source = current.filter(pl.col("source") == delivery.source)
    own = of_source.filter(provider_code() == provider.code)
    stays = own.filter(pl.col("period").is_in([p for p in own["period"].unique() if shut.cause(p) is not None]))
    others = of_source.filter(provider_code().is_in(_others(catalogue, provider)))
    coming = pl.concat([fresh, stays])
    figures = {delivery.source: pl.concat([coming, others])}
    if not delivery.invented and DEMO in current["source"]:  # what was made up goes when something real comes
        figures[DEMO] = coming.clear()
    compared = difference(before, every[-1], own, coming, provider)
    return Prepared(figures, protected.cells, compared, protected.report)


def _open(
    states: Sequence[pl.DataFrame], published: Sequence[pl.DataFrame], shut: Closing
) -> tuple[list[pl.DataFrame], list[pl.DataFrame]]:
    """The states and what was published of all but the newest, without what is closed; states without a rest go.

    The newest has the rows of the form, none of which is closed.
    """
    closed = [p for p in {p for f in (*states, *published) for p in f["period"].unique()} if shut.cause(p) is not None]
    *earlier, newest = (state.filter(~pl.col("period").is_in(closed)) for state in states)
    published = [cells.filter(~pl.col("period").is_in(closed)) for cells in published]
    left = [(state, cells) for state, cells in zip(earlier, published, strict=True) if not state.is_empty()]
    return [*(state for state, _ in left), newest], [cells for _, cells in left]


def _refuse_codes_that_are_gone(states: Sequence[pl.DataFrame], catalogue: Catalogue, provider: Provider) -> None:
    every = pl.concat(states)
    for column, known in codes(catalogue, provider).items():
        if column in every.columns and (gone := set(every[column]) - known.labels.keys() - known.further.keys()):
            raise StoreError(
                f"earlier files of {provider.id} count {column} {', '.join(sorted(gone))}, which "
                "data/catalogue/counselling.yaml no longer has; put it back there"
            )


def _refuse_small_counts(
    cells: pl.DataFrame, before: Sequence[pl.DataFrame], catalogue: Catalogue, provider: Provider
) -> None:
    """The last look before anything is published: a small count may be in it only if it was published already."""
    at = ["region", "period", "breakdown", "value"]
    small = cells.filter(pl.col("value").is_between(1, catalogue.counselling.rule_of(provider).threshold - 1))
    for earlier in before:
        small = small.join(earlier, on=at, how="anti")
    if not small.is_empty():
        raise RefusedError(
            f"{small.height} small counts of {provider.id} would be published, so nothing was imported; if "
            "counselling.yaml publishes more than at the last import, undo that, else protecting.py has a defect"
        )


def _others(catalogue: Catalogue, provider: Provider) -> list[str]:
    """The providers whose figures stay: a body that exists in the demonstration only goes when another one comes."""
    others = [p for p in catalogue.counselling.providers if p.id != provider.id]
    return [p.code for p in others if provider.invented or not p.invented]
