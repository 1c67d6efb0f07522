"""How much the newest figures of a series are usually revised: a smaller change is no trend."""

from __future__ import annotations

from collections.abc import Sequence

import polars as pl

from dashboard.store import Store

FEWEST = 3  # revisions: fewer are no habit

# a figure that was its series' newest when another value replaced it
_REVISIONS = """
    WITH chosen AS (
        SELECT region, breakdown, source, period, period_end, value, known_from, known_until FROM observations
        WHERE indicator = $indicator AND list_contains($regions::VARCHAR[], region)
          AND list_contains($breakdowns::VARCHAR[], breakdown)
          AND ($vintage::VARCHAR IS NULL OR known_from <= $vintage)
    )
    SELECT old.region, old.breakdown, old.source, median(abs(new.value - old.value)) AS revised_by
    FROM chosen old JOIN chosen new
      ON new.region = old.region AND new.breakdown = old.breakdown AND new.source = old.source
     AND new.period = old.period AND new.known_from = old.known_until
    WHERE new.value <> old.value AND NOT EXISTS (
        FROM chosen later
        WHERE later.region = old.region AND later.breakdown = old.breakdown AND later.source = old.source
          AND later.period_end > old.period_end AND later.known_from < old.known_until
    )
    GROUP BY old.region, old.breakdown, old.source HAVING count(*) >= $fewest
"""


def usual_revisions(
    store: Store, indicator: str, regions: Sequence[str], breakdowns: Sequence[str], vintage: str | None
) -> pl.DataFrame:
    """The median size of the revisions of newest figures as known at a vintage (None: now), in the figures' own unit.

    Columns region, breakdown, source, revised_by; a series without enough revisions has no row.
    """
    return store.query(
        _REVISIONS,
        {
            "indicator": indicator,
            "regions": list(regions),
            "breakdowns": list(breakdowns),
            "vintage": vintage,
            "fewest": FEWEST,
        },
    )
