"""A question of many runs → its parts in SQL, and the ways to put them together."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Any

from workbench.runs import Status
from workbench.storage.queries.columns import ALIVE
from workbench.storage.queries.conditions import CONDITIONS
from workbench.storage.queries.param_filters import indexed, matches
from workbench.storage.queries.query import Query
from workbench.storage.schema.tables import SORTABLE

RUNS, METRICS = "backtest_runs r", "performance_metrics m"
_OF_STRATEGY = CONDITIONS["strategy_key"].text.format(near="m")
_OWN = "(m.custom ->> %(own_metric)s)::float8"


@dataclass(frozen=True, slots=True)
class Statement:
    """The parts of a statement.

    `within` is what the index of the order answers, `beside` what is asked of each of its entries, `first` all of it
    as it is asked of the runs before they are in order, `counted` what the server has statistics of. `key` and `ties`
    are what is ordered by.
    """

    query: Query
    within: list[str]
    beside: list[str]
    first: list[str]
    counted: list[str]
    key: str | None
    ties: str
    values: dict[str, Any]

    @classmethod
    def of(cls, query: Query) -> Statement:
        by_metric = query.defined and not query.by_time
        near = "m" if by_metric and not query.by_any_part else "r"
        metric = _OWN if query.by_own_metric else f"m.{query.order_by}"
        key = "r.started_at" if query.by_time else metric if by_metric else None
        ties = f"{'m' if by_metric else 'r'}.run_id"
        place = list(_beyond(query, key, ties))
        has = [*_has(query, metric)] if by_metric else []
        within: list[str] = [*has, *place]
        beside: list[str] = []
        for name, condition in _conditions(query, near):
            (within if name in _indexed(query) else beside).append(condition)
        # only completed runs have metrics; to ask that of the others would hide from the planner how many there are
        if not query.by_time and not by_metric and query.status in (None, Status.COMPLETED):
            has = [f"{metric} is null"]
            beside += has
        values = _values(query)
        beside += [*_status(query), *(matches(param, number, values) for number, param in enumerate(query.params))]
        asked = [condition for _, condition in _conditions(query, "r")]
        # of the table of runs alone
        counted = [condition for condition in asked if "m." not in condition]
        counted += [*_status(query), *(() if by_metric else place)]
        counted += [text for number, param in enumerate(query.params) if (text := indexed(param, number, values))]
        first = [*counted, *(one for one in asked if one not in counted), *has, *(place if by_metric else ())]
        first += [matches(param, number, values) for number, param in enumerate(query.params)]
        return cls(query, within, beside, first, counted, key, ties, values)

    @property
    def elsewhere(self) -> str:
        """Whether a run of several parts may match by another than its first one."""
        parts = [] if self.query.by_any_part else _parts(self.query)
        if not parts:
            return "false"
        return f"exists (select from run_parts p where {' or '.join(f'({part})' for part in parts)})"

    @property
    def by_metric(self) -> bool:
        """Whether it is ordered by a metric, of runs that have it."""
        return self.ties == "m.run_id"

    def in_order(self, chosen: str, joined: str = "", walk: int | None = None) -> str:
        """Read these from the index of the order, with this join, no further than `walk` entries."""
        table, other, join = RUNS, METRICS, "left join"
        if self.by_metric:
            table, other, join = other, table, "join"
        order, where = self._order(self.key, self.ties), _where([*self.within, *self.beside])
        if walk is not None:
            table = f"(select * from {table}{_where(self.within)} {order} limit {walk}) {self.ties[0]}"
            where = _where(self.beside)
        if f"{other[-1]}." in f"{chosen} {where}":
            table += f" {join} {other} on r.run_id = m.run_id"
        return f"select {chosen} from {table}{joined}{where} {order} limit {self.query.limit}"

    def expected(self) -> str:
        """How many runs the server believes to match, by its statistics."""
        return f"explain (format json) select from {RUNS}{_where(self.counted)}"

    def filtered_first(self, most: int | None) -> str:
        """Find what matches, whatever its order, and then bring it into order: ids, and how many there are.

        No more than `most` are looked for.
        """
        source, where = RUNS, _where(self.first)
        if _OF_STRATEGY in self.beside and not any("r." in condition for condition in (*self.within, *self.beside)):
            # of a strategy alone, a metric's own table tells as much, and has an index that begins with it
            source, where = METRICS, _where([*self.within, *self.beside])
        elif "m." in f"{self.key} {self.first}":
            source += f" {'join' if self.by_metric else 'left join'} {METRICS} on r.run_id = m.run_id"
        order = self._order("key" if self.key else None, "run_id")
        # in steps: the planner must not hope to come upon so many while it reads all runs
        matching = (
            f"with matching as materialized (select {self.ties} as run_id, {self.key or 'null'} as key "
            f"from {source}{where})"
        )
        in_order = f"{order} limit {self.query.limit}"
        if most is None:
            return f"{matching} select run_id::text as id, 0 from matching {in_order}"
        return (
            f"{matching}, found as materialized (select * from matching limit {most}) "
            f"select run_id::text as id, (select count(*) from found) from found {in_order}"
        )

    def _order(self, key: str | None, ties: str) -> str:
        """The order, and the id to keep equal ones in place."""
        way = "asc" if self.query.ascending else "desc"
        # none is null here; said so that the index of a metric, which has nulls last, can be read either way
        nulls = "" if self.query.by_time else f" nulls {'first' if self.query.ascending else 'last'}"
        return f"order by {f'{key} {way}{nulls}, ' if key else ''}{ties} {way}"


def _where(conditions: Sequence[str]) -> str:
    return f" where {' and '.join(conditions)}" if conditions else ""


def _indexed(query: Query) -> set[str]:
    """Filters that an index of this order begins with, or goes on with."""
    if query.by_any_part:
        return set()
    if query.by_time:
        first = next((name for name in ("strategy_key", "instrument") if name in query.filters), "")
        return {first, "since", "until"}
    return {"strategy_key"} if query.defined and query.order_by in SORTABLE else set()


def _has(query: Query, metric: str) -> list[str]:
    """That the metric is defined; of the user's own, by the index of their names first."""
    conditions = ["m.custom <> '{}'::jsonb", "m.custom ? %(own_metric)s"] if query.by_own_metric else []
    return [*conditions, f"{metric} is not null"]


def _conditions(query: Query, near: str) -> Iterator[tuple[str, str]]:
    """Each filter by its name. Beside a metric they are asked of its own table, which repeats them."""
    for name in query.filters:
        condition = CONDITIONS[name]
        text = condition.text.format(near=near)
        if query.by_any_part and condition.part:
            text = f"({text} or exists (select from run_parts p where p.run_id = r.run_id and {condition.part}))"
        yield name, text
    if query.by_any_part:
        some = " or ".join(f"({part})" for part in _parts(query))
        yield "parts", f"r.run_id in (select p.run_id from run_parts p where {some})"


def _parts(query: Query) -> list[str]:
    return [CONDITIONS[name].part for name in query.filters if CONDITIONS[name].part]


def _status(query: Query) -> Iterator[str]:
    """Of the stored status as far as it tells: the planner knows how many have it, and nothing of a computed one."""
    if query.status is Status.INTERRUPTED:
        yield "r.status in ('interrupted', 'running')"
        yield f"(r.status = 'interrupted' or not {ALIVE})"
    elif query.status is not None:
        yield "r.status = %(status)s"
        if query.status is Status.RUNNING:
            yield ALIVE


def _beyond(query: Query, key: str | None, ties: str) -> Iterator[str]:
    """What comes after a place in the order: no offset, so that a late page costs what the first one does."""
    if query.after is not None:
        then = ">" if query.ascending else "<"
        if query.after.value is None:
            yield f"{ties} {then} %(after_id)s::uuid"
        else:
            yield f"({key}, {ties}) {then} (%(after)s, %(after_id)s::uuid)"


def _values(query: Query) -> dict[str, Any]:
    values = dict(query.filters)
    if query.status is not None:
        values["status"] = query.status.value
    if query.by_own_metric:
        values["own_metric"] = query.order_by
    if query.after is not None:
        values |= {"after": query.after.value, "after_id": query.after.run_id}
    return values
