"""The filters of lists in SQL, one each. A new one is an entry here and one in the declaration of the verbs.

In every statement `r` is the run and `m` its metrics, which repeat the columns under ``{near}`` from the run; an
argument has the name of its filter.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Condition:
    """What a run must be. `part` is the same of its second and further strategies and instruments, as rows ``p``."""

    text: str
    part: str = ""


CONDITIONS: Mapping[str, Condition] = {
    "strategy_key": Condition(
        "{near}.strategy_key = %(strategy_key)s", "p.kind = 'strategy' and p.key = %(strategy_key)s"
    ),
    "strategy_path": Condition(
        "r.strategy_path = %(strategy_path)s", "p.kind = 'strategy' and p.path = %(strategy_path)s"
    ),
    "strategy_type": Condition(
        "{near}.strategy_type = %(strategy_type)s", "p.kind = 'strategy' and p.type = %(strategy_type)s"
    ),
    "instrument": Condition(
        "{near}.instrument_id = %(instrument)s", "p.kind = 'instrument' and p.key = %(instrument)s"
    ),
    # the part of an id before its dot, as a pattern
    "symbol": Condition("{near}.instrument_id like %(symbol)s", "p.kind = 'instrument' and p.key like %(symbol)s"),
    "since": Condition("{near}.started_at >= %(since)s"),
    "until": Condition("{near}.started_at <= %(until)s"),
    "name": Condition("r.run_id in (select l.run_id from run_labels l where l.name = %(name)s)"),
    "tag": Condition("r.run_id in (select l.run_id from run_labels l where l.tags @> %(tag)s::text[])"),
    "group": Condition("r.group_id = %(group)s"),
    "reconciled": Condition("(m.reconciled is not false) = %(reconciled)s"),
}
