"""What a published state of the data changed against an earlier one: counts an indicator, told in sentences."""

from __future__ import annotations

from dataclasses import dataclass

from dashboard import formats
from dashboard.metadata import Lang, Metadata
from dashboard.periods import shown_id
from dashboard.store import Store
from dashboard.text import text

MOST_SENTENCES = 40

# A figure that ended between two vintages was revised if it has a follower in the later one, else withdrawn; a row
# without a value in both states is no figure. For neighbours the counts are those of ``vintages``.
_CHANGES = """
    WITH came AS (SELECT * FROM observations WHERE known_from > $earlier AND known_from <= $later
                    AND (known_until IS NULL OR known_until > $later)),
         went AS (SELECT * FROM observations WHERE known_from <= $earlier AND known_until > $earlier
                    AND known_until <= $later),
         both_states AS (
             SELECT coalesce(c.indicator, w.indicator) AS indicator,
                    coalesce(c.period_end, w.period_end) AS period_end,
                    coalesce(c.period, w.period) AS period,
                    coalesce(c.period_kind, w.period_kind) AS period_kind,
                    coalesce(c.source, w.source) AS source,
                    CASE WHEN w.indicator IS NULL THEN 'new' WHEN c.indicator IS NULL THEN 'withdrawn'
                         ELSE 'revised' END AS kind
             FROM came c FULL JOIN went w
               ON c.indicator = w.indicator AND c.region = w.region AND c.period = w.period
              AND c.breakdown = w.breakdown AND c.source = w.source
             WHERE c.value IS NOT NULL OR w.value IS NOT NULL
         )
    SELECT b.indicator, bool_or(coalesce(s.invented, false)) AS invented,
           count(*) FILTER (kind = 'new') AS new,
           count(*) FILTER (kind = 'revised') AS revised,
           count(*) FILTER (kind = 'withdrawn') AS withdrawn,
           arg_max(period, period_end) FILTER (kind = 'new') AS newest,
           arg_max(period_kind, period_end) FILTER (kind = 'new') AS newest_kind
    FROM both_states b LEFT JOIN sources s ON s.id = b.source GROUP BY b.indicator ORDER BY b.indicator
"""


@dataclass(frozen=True)
class IndicatorChanges:
    """How many figures of an indicator are new, revised and withdrawn; ``newest`` is the last period with a new one,
    ``invented`` whether any of the figures is made up."""

    indicator: str
    new: int
    revised: int
    withdrawn: int
    newest: str | None
    invented: bool


@dataclass(frozen=True)
class Changes:
    """What changed up to a vintage; indicators in the order of the store's list."""

    vintage: str
    indicators: tuple[IndicatorChanges, ...]

    @property
    def new(self) -> int:
        return sum(i.new for i in self.indicators)

    @property
    def revised(self) -> int:
        return sum(i.revised for i in self.indicators)

    @property
    def withdrawn(self) -> int:
        return sum(i.withdrawn for i in self.indicators)


def changes_of(store: Store, metadata: Metadata, vintage: str) -> Changes:
    """What a vintage changed against the one before it; of the first one everything is new."""
    return changes_between(store, metadata, max((v for v in metadata.vintages if v < vintage), default=""), vintage)


def changes_between(store: Store, metadata: Metadata, earlier: str, later: str) -> Changes:
    """What is told otherwise in the later of two vintages; ``earlier`` empty is the time before all of them."""
    order = {indicator: n for n, indicator in enumerate(metadata.indicators)}
    rows = store.query(_CHANGES, {"earlier": earlier, "later": later}).to_dicts()
    found = (
        IndicatorChanges(
            row["indicator"],
            row["new"],
            row["revised"],
            row["withdrawn"],
            shown_id(row["newest"], row["newest_kind"]) if row["newest"] else None,
            row["invented"],
        )
        for row in rows
    )
    return Changes(later, tuple(sorted(found, key=lambda c: (order.get(c.indicator, len(order)), c.indicator))))


def counts(changes: Changes, lang: Lang) -> str:
    """``12 neue, 3 revidierte, 0 zurückgezogene Werte``."""
    told = {"new": changes.new, "revised": changes.revised, "withdrawn": changes.withdrawn}
    return text(lang, "changes.counts", **{kind: formats.number(n, 0, lang) for kind, n in told.items()})


def sentences(changes: Changes, metadata: Metadata, lang: Lang) -> tuple[str, ...]:
    """One sentence an indicator: how many figures are new (up to which period), revised and withdrawn."""
    told = [_sentence(c, metadata, lang) for c in changes.indicators[:MOST_SENTENCES]]
    left = len(changes.indicators) - len(told)
    return (*told, text(lang, "changes.more", number=left)) if left else tuple(told)


def _sentence(changed: IndicatorChanges, metadata: Metadata, lang: Lang) -> str:
    known = metadata.indicators.get(changed.indicator)
    parts = []
    if changed.new:
        until = formats.until(changed.newest, lang) if changed.newest else ""
        key = "changes.new_one" if changed.new == 1 else "changes.new"
        parts.append(text(lang, key, number=formats.number(changed.new, 0, lang), until=until))
    for kind, number in (("revised", changed.revised), ("withdrawn", changed.withdrawn)):
        if number:
            parts.append(text(lang, f"changes.{kind}", number=formats.number(number, 0, lang)))
    title = known.title.to(lang) if known else changed.indicator
    key = "changes.sentence_invented" if changed.invented else "changes.sentence"
    return text(lang, key, title=title, changes=", ".join(parts))
