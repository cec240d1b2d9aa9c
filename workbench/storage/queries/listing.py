"""Many runs: a question → a statement whose cost does not hang on luck.

What an index has in the right order is read from it until enough is found. Where other filters stand beside, that may
be the whole index: so the server is asked how many it expects. Few are found first and brought into order afterwards;
for many the index is read, and given up after a while, for the server may be wrong.
"""

from __future__ import annotations

import time
from collections.abc import Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from functools import partial
from math import isqrt
from typing import TYPE_CHECKING, Any
from weakref import WeakKeyDictionary

from workbench.runs import Status
from workbench.storage.database import Database, one_moment
from workbench.storage.queries.columns import columns
from workbench.storage.queries.labelled import read_labelled
from workbench.storage.queries.query import Place, Query
from workbench.storage.queries.rows import Columns
from workbench.storage.queries.statement import METRICS, RUNS, Statement

if TYPE_CHECKING:
    import psycopg
    import pyarrow as pa

FEW, FEW_BY_METRIC = 2500, 4000
"""Runs that are found first and then brought into order, if the server expects no more of them."""
STEPS, STEPS_BY_METRIC = 1600, 1200
"""Entries of an index that are looked at before it is given up, for one run asked for; for more, by their root.

In the order of time they lie side by side, in that of a metric anywhere.
"""
KEPT = 60.0
"""Seconds that the server's word on how many is kept: it takes its statistics anew no more often."""


def list_runs(database: Database, query: Query, names: Sequence[str]) -> pa.Table:
    """A row per run with these columns, the order's and the id among them: filtered, then ordered, then cut.

    A run of several strategies or instruments is found by each of them.
    """
    chosen = columns(tuple(names))
    found, elsewhere = _listed(database, query, chosen)
    if not elsewhere:
        return found
    more, _ = _listed(database, replace(query, by_any_part=True), chosen)
    return _merged(found, more, query)


def _listed(database: Database, query: Query, chosen: Columns) -> tuple[pa.Table, bool]:
    """The runs that match, and whether some may match by another part than their first."""
    import pyarrow as pa

    parts = [query] if query.by_time else _defined_then_undefined(query)
    tables: list[pa.Table] = []
    elsewhere = False
    for part in parts:
        table, some = _answer(database, replace(part, limit=query.limit - sum(map(len, tables))), chosen)
        tables.append(table)
        elsewhere |= some
        if sum(map(len, tables)) == query.limit:
            break
    return pa.concat_tables(tables) if tables else chosen.schema.empty_table(), elsewhere


def _merged(found: pa.Table, more: pa.Table, query: Query) -> pa.Table:
    """Both in one order, none twice, cut."""
    import pyarrow as pa
    import pyarrow.compute as pc

    new = more.filter(pc.invert(pc.is_in(more["run_id"], value_set=found["run_id"].combine_chunks())))
    way: Any = "ascending" if query.ascending else "descending"
    keys = [(query.order_by, way), ("run_id", way)]
    both = pa.concat_tables([found, new])
    return both.take(pc.sort_indices(both, sort_keys=keys))[: query.limit]


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


def _answer(database: Database, query: Query, chosen: Columns) -> tuple[pa.Table, bool]:
    """What one index answers alone is read from it. Else the server is asked how many it expects.

    Many: read in order. Few, or not enough found: the ids first, for planning for every column takes a millisecond.
    """
    statement = Statement.of(query)
    if not statement.beside and not query.by_own_metric:
        ask = statement.elsewhere
        return database.ask(
            lambda connection: read_labelled(database, connection, statement.in_order, statement.values, chosen, ask)
        )
    return database.ask(lambda connection: _many_or_few(database, connection, statement, chosen))


_TOLD: WeakKeyDictionary[Database, dict[Any, tuple[float, int]]] = WeakKeyDictionary()


def _expected(database: Database, connection: psycopg.Connection[Any], statement: Statement) -> int:
    """How many runs the server believes to match: a word that is kept for as long as its statistics are."""
    told = _TOLD.setdefault(database, {})
    asked, now = statement.expected(), time.monotonic()
    values = {name: value for name, value in statement.values.items() if f"%({name})s" in asked}
    key = asked, repr(values)
    when, word = told.get(key, (-KEPT, 0))
    if now - when < KEPT:
        return word
    ((plan,),) = connection.execute(asked.encode(), values, prepare=False).fetchall()
    if len(told) > 1000:
        told.clear()
    told[key] = now, plan[0]["Plan"]["Plan Rows"]
    return told[key][1]


def _many_or_few(
    database: Database, connection: psycopg.Connection[Any], statement: Statement, chosen: Columns
) -> tuple[pa.Table, bool]:
    query, ask = statement.query, statement.elsewhere
    few, steps = (FEW, STEPS) if query.by_time else (FEW_BY_METRIC, STEPS_BY_METRIC)
    found_first = query.by_own_metric or query.by_any_part
    if not found_first and _expected(database, connection, statement) > few:
        # evenly spread over a million, what has not shown up by then is about as many runs as have been looked at
        walk = partial(statement.in_order, walk=steps * (isqrt(query.limit - 1) + 1))
        found, elsewhere = read_labelled(database, connection, walk, statement.values, chosen, ask)
        if len(found) == query.limit:
            return found, elsewhere
    most = max(2 * few, query.limit) if query.params and not found_first else None
    if statement.by_metric:
        # what has a metric has ended, and stays as it is unless somebody deletes it
        ids = _ids(connection, statement, most)
        found, elsewhere = _these(database, connection, ids, chosen, statement)
        if len(found) == len(ids):
            return found, elsewhere
    with one_moment(connection):
        return _these(database, connection, _ids(connection, statement, most), chosen, statement)


_THESE = (
    "select {} from unnest(%(ids)s::uuid[]) with ordinality found(run_id, place) "
    f"join {RUNS} on r.run_id = found.run_id left join {METRICS} on m.run_id = found.run_id{{}} order by place"
)


def _these(
    database: Database,
    connection: psycopg.Connection[Any],
    ids: Sequence[str],
    chosen: Columns,
    statement: Statement,
) -> tuple[pa.Table, bool]:
    """The runs of these ids, in their order, and whether some may match by another part."""
    # as one text: a list of ids takes the driver as long as all the rest
    values = {"ids": f"{{{','.join(ids)}}}"}
    ask = statement.elsewhere
    values |= {name: value for name, value in statement.values.items() if f"%({name})s" in ask}
    if not ids and ask == "false":
        return chosen.schema.empty_table(), False
    return read_labelled(database, connection, _THESE.format, values, chosen, ask)


def _ids(connection: psycopg.Connection[Any], statement: Statement, most: int | None) -> list[str]:
    """Of the runs that match: all of them brought into order, or read in order if they are more than `most`."""
    for way in (statement.filtered_first(most), statement.in_order(f"{statement.ties}::text, 0")):
        found = connection.execute(way.encode(), statement.values, prepare=False).fetchall()
        if not found or found[0][1] != most:
            break
    return [run_id for run_id, _ in found]
