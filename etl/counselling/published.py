"""Counselling figures in the published store: what was ever published of a body, and new figures as observations."""

from __future__ import annotations

from datetime import datetime
from pathlib import Path
from typing import Final

import polars as pl

from etl.catalogue import REGION_SUM, Catalogue
from etl.counselling.protecting import rounded
from etl.counselling_entries import Provider
from etl.entries import Indicator
from etl.mapping import period
from etl.schema import OBSERVATION_COLUMNS, Observation
from etl.store import current_figures, current_file, open_current

REAL: Final = "counselling"  # source of what the bodies counted
DEMO: Final = "counselling_demo"  # source of invented figures
TABLE: Final = "counselling"
OWN_SUM = "; eigene Berechnung (Summe der Büros)"
EVER: Final = pl.Schema(
    {"region": pl.String(), "period": pl.String(), "breakdown": pl.String(), "retrieved_at": pl.Datetime("us")}
)


def ever_published(published_dir: Path, source: str, provider: Provider) -> pl.DataFrame:
    """Where a provider had a figure in any vintage, secret or not (columns of ``EVER``), and when it was received."""
    if current_file(published_dir) is None:
        return pl.DataFrame(schema=EVER)
    sql = f'SELECT {", ".join(EVER)} FROM observations WHERE source = $1 AND "table" = $2'  # noqa: S608
    with open_current(published_dir) as con:
        rows = con.sql(sql, params=[source, TABLE]).pl()
    return rows.cast(EVER).filter(provider_code() == provider.code)


def is_counselling(source: str) -> bool:
    """Whether a source's figures come by ``etl import counselling``."""
    return source in (REAL, DEMO)


def provider_code() -> pl.Expr:
    """The provider of a counselling figure, as a code of the dimension."""
    return pl.col("breakdown").cast(pl.String).str.extract(r"(?:^|;)provider=([^;]+)")


def current_figures_of(published_dir: Path, catalogue: Catalogue) -> pl.DataFrame:
    """The counselling figures of all providers, real and invented, as known now (``Observation``)."""
    if current_file(published_dir) is None:
        return Observation.create_empty()
    indicators = {i.id for source in (REAL, DEMO) for i, _ in catalogue.tables(source)[TABLE]}
    columns = [f'"{column}"' for column in OBSERVATION_COLUMNS]
    with open_current(published_dir) as con:
        frames = [current_figures(con, indicator, columns) for indicator in sorted(indicators)]
    return pl.concat(frames)


def observations_of(
    cells: pl.DataFrame, catalogue: Catalogue, provider: Provider, source_id: str, received_at: datetime
) -> pl.DataFrame:
    """Protected figures (columns of ``protecting.CELLS``) as observations, rounded where the provider asks for it."""
    source = catalogue.sources[source_id]
    threshold = catalogue.counselling.rule_of(provider).threshold
    by_kind = {s.period.kind: (i, s) for i, s in catalogue.tables(source_id)[TABLE]}
    spans = {
        (text, kind): period(text, by_kind[kind][1].period)
        for text, kind in cells.select("period", "period_kind").unique().iter_rows()
    }
    attribution = source.attribution.de.format(data=provider.name.de) + _said_of_rounding(provider)
    own = pl.when(pl.col("region") == REGION_SUM).then(pl.lit(OWN_SUM)).otherwise(pl.lit(""))
    indicators: dict[str, Indicator] = {kind: indicator for kind, (indicator, _) in by_kind.items()}
    kind = pl.col("period_kind")
    frame = cells.with_columns(
        kind.replace_strict({k: i.id for k, i in indicators.items()}).alias("indicator"),
        kind.replace_strict({k: i.unit for k, i in indicators.items()}).alias("unit"),
        pl.Series("period_start", [spans[key][1] for key in _keys(cells)], dtype=pl.Date),
        pl.Series("period_end", [spans[key][2] for key in _keys(cells)], dtype=pl.Date),
        pl.Series("value", [_shown(v, provider, threshold) for v in cells["value"]], dtype=pl.Float64),
        pl.when("secret").then(pl.lit("secret")).otherwise(pl.lit("ok")).alias("status"),
        pl.lit(source_id).alias("source"),
        pl.lit(TABLE).alias("table"),
        pl.lit(source.licence.id).alias("licence"),
        (pl.lit(attribution) + own).alias("attribution"),
        pl.lit(received_at.replace(tzinfo=None), dtype=pl.Datetime("us")).alias("retrieved_at"),
    )
    return Observation.cast(frame.select(OBSERVATION_COLUMNS))


def _keys(cells: pl.DataFrame) -> list[tuple[str, str]]:
    return list(cells.select("period", "period_kind").iter_rows())


def _shown(value: int | None, provider: Provider, threshold: int) -> int | None:
    """The value, rounded if asked for; never below the threshold, where it would look like a small count or none."""
    if not value or provider.round_to is None:
        return value
    least = -(-threshold // provider.round_to) * provider.round_to
    return max(rounded(value, provider.round_to), least)


def _said_of_rounding(provider: Provider) -> str:
    return f"; gerundet auf Vielfache von {provider.round_to}" if provider.round_to else ""
