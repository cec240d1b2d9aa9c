"""Many runs: a question → a statement whose cost does not hang on luck.

What an index has in the right order is read from it until enough is found. Where other filters stand beside, that may
be the whole index: so the server is asked how many it expects. Few are found first and brought into order afterwards;
for many the index is read, and given up after a while, for the server may be wrong.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, replace
from math import isqrt
from typing import TYPE_CHECKING, Any

from workbench.runs import Status
from workbench.storage import rows
from workbench.storage.by_params import indexed, matches
from workbench.storage.columns import ALIVE, columns
from workbench.storage.database import Database, one_moment
from workbench.storage.query import Place, Query
from workbench.storage.rows import Columns
from workbench.storage.tables import SORTABLE

if TYPE_CHECKING:
    import psycopg
    import pyarrow as pa

FEW, FEW_BY_METRIC = 2500, 4000
"""Runs that are found first and then brought into order, if the server expects no more of them."""
STEPS, STEPS_BY_METRIC = 1600, 1200
"""Entries of an index that are looked at before it is given up, for one run asked for; for more, by their root.

In the order of time they lie side by side, in that of a metric anywhere.
"""
_RUNS, _METRICS = "backtest_runs r", "performance_metrics m"
_OF_STRATEGY = "{}.strategy_key = %(strategy_key)s"


def list_runs(database: Database, query: Query, names: Sequence[str]) -> pa.Table:
    """A row per run with these columns: filtered, then ordered, then cut."""
    import pyarrow as pa

    chosen = columns(tuple(names))
    parts = [query] if query.order_by == "started_at" else _defined_then_undefined(query)
    found: list[pa.Table] = []
    for part in parts:
        found.append(_answer(database, replace(part, limit=query.limit - sum(map(len, found))), chosen))
        if sum(map(len, found)) == query.limit:
            break
    return pa.concat_tables(found) if found else chosen.schema.empty_table()


def pages(database: Database, query: Query, names: Sequence[str], size: int) -> Iterator[pa.Table]:
    """All runs that match, `size` rows at a time, none of them twice and none left out while others write.

    A run that is recorded meanwhile comes where the order puts it, or not at all if that place has passed.
    """
    asked = replace(query, limit=size)
    page = list_runs(database, asked, names)
    walks = False
    with ThreadPoolExecutor(1) as ahead:
        while len(page) == size:
            last = page.slice(size - 1)
            value, run_id = (last[name][0].as_py() for name in (query.order_by, "run_id"))
            then = replace(asked, after=Place(value=value, run_id=run_id))
            # who has come for a second page comes for a third: it is asked for while the second is looked at
            coming = ahead.submit(list_runs, database, then, names) if walks else None
            yield page
            page = coming.result() if coming is not None else list_runs(database, then, names)
            walks = True
    if len(page):
        yield page


def _defined_then_undefined(query: Query) -> list[Query]:
    """An order by a metric in two questions: one that an index of the metric answers, and one for what has no value."""
    parts = []
    if query.status in (None, Status.COMPLETED) and (query.after is None or query.after.value is not None):
        parts.append(replace(query, defined=True))
    if not query.defined:
        # past the values, the undefined ones begin at their first; within them they go on
        after = query.after if query.after is not None and query.after.value is None else None
        parts.append(replace(query, defined=False, after=after))
    return parts


def _answer(database: Database, query: Query, chosen: Columns) -> pa.Table:
    """What one index answers alone is read from it. Else the server is asked how many it expects.

    Many: read in order. Few, or not enough found: the ids first, for planning for every column takes a millisecond.
    """
    statement = _Statement.of(query)
    if not statement.beside:
        return rows.table(database, statement.in_order(chosen.listed), statement.values, chosen)

    return database.ask(lambda connection: _many_or_few(connection, statement, chosen))


def _many_or_few(connection: psycopg.Connection[Any], statement: _Statement, chosen: Columns) -> pa.Table:
    limit, by_time = statement.query.limit, statement.query.order_by == "started_at"
    few, steps = (FEW, STEPS) if by_time else (FEW_BY_METRIC, STEPS_BY_METRIC)
    ((plan,),) = connection.execute(statement.expected().encode(), statement.values, prepare=False).fetchall()
    if plan[0]["Plan"]["Plan Rows"] > few:
        # evenly spread over a million, what has not shown up by then is about as many runs as have been looked at
        walk = statement.in_order(chosen.listed, walk=steps * (isqrt(limit - 1) + 1))
        found = rows.read(connection, walk, statement.values, chosen)
        if len(found) == limit:
            return found
    most = max(2 * few, limit) if statement.query.params else None
    if statement.by_metric:
        # what has a metric has ended, and stays as it is unless somebody deletes it
        ids = _ids(connection, statement, most)
        found = _these(connection, ids, chosen)
        if len(found) == len(ids):
            return found
    with one_moment(connection):
        return _these(connection, _ids(connection, statement, most), chosen)


_THESE = (
    "select {} from unnest(%(ids)s::uuid[]) with ordinality found(run_id, place) "
    f"join {_RUNS} on r.run_id = found.run_id left join {_METRICS} on m.run_id = found.run_id order by place"
)


def _these(connection: psycopg.Connection[Any], ids: Sequence[str], chosen: Columns) -> pa.Table:
    """The runs of these ids, in their order."""
    if not ids:
        return chosen.schema.empty_table()
    # as one text: a list of ids takes the driver as long as all the rest
    return rows.read(connection, _THESE.format(chosen.listed), {"ids": f"{{{','.join(ids)}}}"}, chosen)


def _ids(connection: psycopg.Connection[Any], statement: _Statement, most: int | None) -> list[str]:
    """Of the runs that match: all of them brought into order, or read in order if they are more than `most`."""
    for way in (statement.filtered_first(most), statement.in_order(f"{statement.ties}::text, 0")):
        found = connection.execute(way.encode(), statement.values, prepare=False).fetchall()
        if not found or found[0][1] != most:
            break
    return [run_id for run_id, _ in found]


@dataclass(frozen=True, slots=True)
class _Statement:
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
    def of(cls, query: Query) -> _Statement:
        by_time = query.order_by == "started_at"
        by_metric = query.defined and not by_time
        near = "m" if by_metric else "r"
        key = "r.started_at" if by_time else f"m.{query.order_by}" if by_metric else None
        ties = f"{near}.run_id"
        place = list(_beyond(query, key, ties))
        has = [f"m.{query.order_by} is not null"] if by_metric else []
        within: list[str] = [*has, *place]
        beside: list[str] = []
        for name, condition in _conditions(query, near):
            (within if name in _indexed(query) else beside).append(condition)
        # only completed runs have metrics; to ask that of the others would hide from the planner how many there are
        if not by_time and not by_metric and query.status in (None, Status.COMPLETED):
            has = [f"m.{query.order_by} is null"]
            beside += has
        values = _values(query)
        beside += [*_status(query), *(matches(one, number, values) for number, one in enumerate(query.params))]
        counted = [condition for _, condition in _conditions(query, "r")]
        counted += [*_status(query), *(() if near == "m" else place)]
        counted += [text for number, one in enumerate(query.params) if (text := indexed(one, number, values))]
        first = [*counted, *has, *(place if near == "m" else ())]
        first += [matches(one, number, values) for number, one in enumerate(query.params)]
        return cls(query, within, beside, first, counted, key, ties, values)

    @property
    def by_metric(self) -> bool:
        """Whether it is ordered by a metric, of runs that have it."""
        return self.ties == "m.run_id"

    def in_order(self, chosen: str, walk: int | None = None) -> str:
        """Read these from the index of the order, no further than `walk` entries."""
        table, other, join = _RUNS, _METRICS, "left join"
        if self.by_metric:
            table, other, join = other, table, "join"
        order, where = self._order(self.key, self.ties), _where([*self.within, *self.beside])
        if walk is not None:
            table = f"(select * from {table}{_where(self.within)} {order} limit {walk}) {self.ties[0]}"
            where = _where(self.beside)
        if f"{other[-1]}." in f"{chosen} {where}":
            table += f" {join} {other} on r.run_id = m.run_id"
        return f"select {chosen} from {table}{where} {order} limit {self.query.limit}"

    def expected(self) -> str:
        """How many runs the server believes to match, by its statistics."""
        return f"explain (format json) select from {_RUNS}{_where(self.counted)}"

    def filtered_first(self, most: int | None) -> str:
        """Find what matches, whatever its order, and then bring it into order: ids, and how many there are.

        No more than `most` are looked for.
        """
        source, where = _RUNS, _where(self.first)
        if self.beside == [_OF_STRATEGY.format("m")]:
            # of a strategy alone, a metric's own table tells as much, and has an index that begins with it
            source, where = _METRICS, _where([*self.within, *self.beside])
        elif "m." in f"{self.key} {self.first}":
            source += f" {'join' if self.by_metric else 'left join'} {_METRICS} on r.run_id = m.run_id"
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
        nulls = "" if self.query.order_by == "started_at" else f" nulls {'first' if self.query.ascending else 'last'}"
        return f"order by {f'{key} {way}{nulls}, ' if key else ''}{ties} {way}"


def _where(conditions: Sequence[str]) -> str:
    return f" where {' and '.join(conditions)}" if conditions else ""


def _indexed(query: Query) -> set[str]:
    """Filters that an index of this order begins with, or goes on with."""
    if query.order_by == "started_at":
        whole = query.instrument is not None and "." in query.instrument
        first = "strategy_key" if query.strategy_key is not None else "instrument_id" if whole else ""
        return {first, "since", "until"}
    return {"strategy_key"} if query.defined and query.order_by in SORTABLE else set()


def _conditions(query: Query, near: str) -> Iterator[tuple[str, str]]:
    """Each filter of a column by its name. Beside a metric they are asked of its own table, which repeats them."""
    if query.strategy_key is not None:
        yield "strategy_key", _OF_STRATEGY.format(near)
    if query.strategy_path is not None:
        yield "strategy_path", "r.strategy_path = %(strategy_path)s"
    if query.strategy_type is not None:
        yield "strategy_type", f"{near}.strategy_type = %(strategy_type)s"
    if query.instrument is not None:
        yield "instrument_id", f"{near}.instrument_id {'=' if '.' in query.instrument else 'like'} %(instrument)s"
    if query.since is not None:
        yield "since", f"{near}.started_at >= %(since)s"
    if query.until is not None:
        yield "until", f"{near}.started_at <= %(until)s"


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
    names = ("strategy_key", "strategy_path", "strategy_type", "instrument", "status", "since", "until")
    values = {name: value for name in names if (value := getattr(query, name)) is not None}
    if query.instrument is not None and "." not in query.instrument:
        escaped = query.instrument.replace("\\", "\\\\").replace("%", "\\%").replace("_", "\\_")
        values["instrument"] = f"{escaped}.%"
    if query.status is not None:
        values["status"] = query.status.value
    if query.after is not None:
        values |= {"after": query.after.value, "after_id": query.after.run_id}
    return values
