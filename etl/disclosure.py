"""Statistical disclosure control: which figures must stay secret so that no small count can be worked out.

Small counts are secret (primary suppression). Sums give some of them away, so further figures become secret as well
(secondary suppression): those with which the least is lost. A mixed-integer program chooses them, an audit by linear
programs (``etl.disclosure_audit``) says what a reader could still find out and becomes a further condition of the
program, until the audit finds nothing (cell suppression by cutting planes, after Fischetti and Salazar). Where that
does not end soon, each open question gets its own cheapest answer (``etl.disclosure_paths``), until the audit finds
nothing.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import highspy
import numpy as np

from etl.disclosure_audit import Bools, Floats, Narrow, Relation, too_narrow
from etl.disclosure_paths import Paths
from etl.errors import EtlError

ROUNDS = 3  # of program and audit; afterwards every narrow figure is left open by itself
LEAST_SECONDS = 0.5  # a small table is settled in less, also on a busy machine
SECONDS = 1.0  # of the program's search for something better, each round, for 1,000 figures to choose from
GAP = 0.005  # of the loss: what is found may be that much worse than the best
_SLACK = 1e-7


class DisclosureError(EtlError):
    """No choice of secret figures protects the small counts."""


@dataclass(frozen=True)
class Table:
    """Figures with the sums between them, and what is settled about each before anything is chosen.

    ``known``: a reader has it already (an earlier state of the data). ``secret``: must not be published. All others
    are published unless the choice takes them, at their ``costs``. ``widths`` is how wide the interval of each must be
    if it is secret.
    """

    values: Floats
    costs: Floats
    relations: tuple[Relation, ...]
    known: Bools
    secret: Bools
    widths: Floats


def suppress(table: Table) -> Bools:
    """Which figures stay secret, the small counts included.

    Raises DisclosureError if even all others together do not protect them: then too much is known already.
    """
    most = _most(table)
    candidates = most & ~table.secret
    conditions = [*_partners(table), *_room(table)]
    secret = table.secret.copy()
    for _ in range(ROUNDS):
        secret = _least_loss(table, candidates, conditions)
        narrow = too_narrow(table.values, table.relations, secret, table.widths)
        if not narrow:
            return secret
        conditions += [
            # one that was chosen may also be published again
            _Condition(_offers(n, candidates & ~secret), n.lacking, n.figure if candidates[n.figure] else None)
            for n in narrow
        ]
    return _widened(table, most)


def _most(table: Table) -> Bools:
    """The most that can be secret: all that is not known, but for what can be worked out even so.

    Such are figures of an earlier state, in parts that did not change since: to withhold them is no use.
    """
    secret = ~table.known
    while narrow := too_narrow(table.values, table.relations, secret, table.widths):
        useless = [n.figure for n in narrow if not table.secret[n.figure]]
        if not useless:
            raise DisclosureError(
                f"{len(narrow)} small counts could be worked out from what was published before, whatever is withheld "
                "now; publish nothing of this period until its figures are larger, or hand it in together with others"
            )
        secret[useless] = False
    return secret


@dataclass(frozen=True)
class _Condition:
    """The chosen figures must bring together at least ``least``; ``brings`` says how much each does.

    With ``only_if`` it holds only where that figure is chosen (or secret) itself.
    """

    brings: dict[int, float]
    least: float
    only_if: int | None = None


def _partners(table: Table) -> list[_Condition]:
    """In every sum with a secret figure there is another one: alone it would be the difference of the others."""
    return [
        _Condition(dict.fromkeys((m for m in relation.members if m != figure), 1.0), 1.0, figure)
        for relation in table.relations
        for figure in relation.members
        if not table.known[figure]
    ]


def _room(table: Table) -> list[_Condition]:
    """The secret parts of a published sum make up at least ``width``, or each of them would be known to be small."""
    found = []
    for relation in table.relations:
        for figure in relation.parts:
            missing = float(table.widths[figure] - table.values[figure])
            if missing > 0 and not table.known[figure]:
                brings = {p: min(missing, float(table.values[p])) for p in relation.parts if p != figure}
                brings[relation.whole] = missing
                found.append(_Condition({m: b for m, b in brings.items() if b > 0}, missing, figure))
    return found


def _least_loss(table: Table, open_to_choice: Bools, conditions: Sequence[_Condition]) -> Bools:
    """The choice that meets all conditions and loses the least: figures as large and as many as possible stay."""
    candidates = np.flatnonzero(open_to_choice)
    place = {int(figure): n for n, figure in enumerate(candidates)}
    start, index, value, lower = [0], list[int](), list[float](), list[float]()
    for condition in conditions:
        if condition.only_if is not None and condition.only_if not in place and not table.secret[condition.only_if]:
            continue
        row, least = _row(condition, table, place)
        if least <= _SLACK and condition.only_if not in place:
            continue
        if sum(v for v in row.values() if v > 0) < least - _SLACK:
            continue  # nothing that may be chosen is enough; the audit says what that means
        index += row
        value += row.values()
        start.append(len(index))
        lower.append(least)
    program = highspy.HighsLp()
    program.num_col_, program.num_row_ = len(candidates), len(lower)
    program.col_cost_ = table.costs[candidates]
    program.col_lower_, program.col_upper_ = np.zeros(len(candidates)), np.ones(len(candidates))
    program.row_lower_, program.row_upper_ = np.array(lower), np.full(len(lower), highspy.kHighsInf)
    program.a_matrix_.format_ = highspy.MatrixFormat.kRowwise
    program.a_matrix_.start_ = np.array(start, dtype=np.int32)
    program.a_matrix_.index_ = np.array(index, dtype=np.int32)
    program.a_matrix_.value_ = np.array(value)
    program.integrality_ = [highspy.HighsVarType.kInteger] * len(candidates)
    solver = highspy.Highs()  # type: ignore[no-untyped-call]
    seconds = max(LEAST_SECONDS, SECONDS * len(candidates) / 1000)
    for option, setting in (("output_flag", False), ("threads", 1), ("time_limit", seconds), ("mip_rel_gap", GAP)):
        solver.setOptionValue(option, setting)
    solver.passModel(program)
    solver.run()
    secret = table.secret.copy()
    chosen = np.asarray(solver.getSolution().col_value)
    if chosen.size:
        secret[candidates[chosen > 0.5]] = True
    return secret


def _row(condition: _Condition, table: Table, place: dict[int, int]) -> tuple[dict[int, float], float]:
    """The condition over the candidates alone: what is settled already is taken off."""
    row: dict[int, float] = {}
    least = condition.least
    for member, brings in condition.brings.items():
        if member in place:
            row[place[member]] = brings
        elif table.secret[member]:
            least -= brings
    if condition.only_if in place:
        # least - brought * 1 <= 0 where the figure is chosen, without effect where it is not
        row[place[condition.only_if]] = -max(least, 0.0)
        return row, 0.0
    return row, least


def _widened(table: Table, most: Bools) -> Bools:
    """Every narrow figure is left open at the least loss, one after the other, until none is narrow.

    It ends at the latest with all that can be secret, of which none is narrow.
    """
    secret = table.secret.copy()
    paths = Paths(table.values, table.costs, table.relations, most, table.widths)
    while narrow := too_narrow(table.values, table.relations, secret, table.widths):
        before = secret.copy()
        for one in sorted(narrow, key=lambda n: -n.lacking):
            secret |= paths.cheapest(one.figure, secret)
        if (secret == before).all():
            return most
    return secret


def _offers(narrow: Narrow, open_to_choice: Bools) -> dict[int, float]:
    """The figures that would widen the interval if they were chosen, each with how much at most."""
    return {m: gain for m, gain in narrow.gains.items() if open_to_choice[m]}
