"""Secret and invented figures: which they are. Counselling bodies protect the people they count; of official
statistics nobody can tell a secret figure from an unknown one, so theirs keep the store's word for both."""

from __future__ import annotations

import polars as pl

from dashboard.metadata import Metadata, Provider

UNDISCLOSED = "secret"  # the store's status
PROTECTED = "protected"  # what a body's secret figure is called here, a point's status like the store's own
PROVIDER = "provider"  # the dimension that names the body


def provider_of(breakdown: str, metadata: Metadata) -> Provider | None:
    """The counselling body that a breakdown is about; None where it is about none."""
    codes = (part.removeprefix(f"{PROVIDER}=") for part in breakdown.split(";") if part.startswith(f"{PROVIDER}="))
    return metadata.providers.get(next(codes, ""))


def shown_status(status: str, breakdown: str, metadata: Metadata) -> str:
    """The status of a figure as a reader is told it: a body's secret figure is certainly secret."""
    return PROTECTED if status == UNDISCLOSED and provider_of(breakdown, metadata) else status


def known_rows(figures: pl.DataFrame, metadata: Metadata) -> pl.DataFrame:
    """The rows that have a figure, published or kept secret by a body; all others are missing."""
    of_bodies = [b for b in figures["breakdown"].unique() if provider_of(b, metadata)]
    hidden = (pl.col("status") == UNDISCLOSED) & pl.col("breakdown").is_in(of_bodies)
    return figures.filter(pl.col("value").is_not_null() | hidden)


def is_invented(figures: pl.DataFrame, metadata: Metadata) -> bool:
    """Whether any figure is made up, so that everything that shows it must say so."""
    return any(metadata.sources[source].invented for source in figures["source"].unique())
