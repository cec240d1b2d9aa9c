"""How long records take to answer, through the public verbs into a frame, beside psycopg with the best known SQL.

Records of several sizes lie side by side and are asked in turn, each question bare as well, so that whatever else the
machine does falls on all of them. Arguments change from call to call, on one connection, so that no plan is made for
one of them alone. Say how many runs: `python -m benchmarks.questions 10000 1000000`. Plans of a million go to
benchmarks/plans.
"""

from __future__ import annotations

import itertools
import statistics
import sys
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import ExitStack
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from functools import partial
from pathlib import Path
from typing import Any, Self

import psycopg

from benchmarks.home import opened, temporary_home
from benchmarks.plausible_record import fill
from workbench import PRESENT, Workbench
from workbench.frames import HISTORY
from workbench.metrics import standard
from workbench.storage.pool import SESSION
from workbench.storage.queries import listing
from workbench.storage.queries.columns import columns
from workbench.storage.queries.statement import Statement
from workbench.storage.schema.own_schema import RELIED_ON
from workbench.storage.schema.tables import SORTABLE

REPEATS = 100
STRATEGIES = ("sma_crossover", "momentum", "mean_reversion", "rare")
INSTRUMENTS = ("AAPL", "IBM.NYSE", "BTC/USD.X", "NOBODY.X")
RANKED = tuple(spec.name for spec in standard() if spec.ranked)
ORDERS = ("started_at", "total_return", "sharpe_ratio", "max_drawdown")
PLANS = Path(__file__).parent / "plans"

ROW = "select r.*, m.* from backtest_runs r left join performance_metrics m on m.run_id = r.run_id"
BEST = "select r.*, m.* from performance_metrics m join backtest_runs r on r.run_id = m.run_id"

CONFIGURED = (
    "select r.*, m.*, b.parts, c.own from backtest_runs r left join performance_metrics m on m.run_id = r.run_id "
    "join run_configs c on c.config_sha256 = r.config_sha256 join config_bases b on b.base_sha256 = c.base_sha256"
)

type Ask = Callable[[int], Any]


@dataclass(frozen=True, slots=True)
class Record:
    """A record of so many runs, opened twice: as a user has it, and bare."""

    runs: int
    size: float
    wb: Workbench
    connection: psycopg.Connection

    @classmethod
    def made(cls, runs: int, stack: ExitStack) -> Self:
        """Fill one in a home of its own."""
        wb = stack.enter_context(opened(stack.enter_context(temporary_home())))
        wb.use("polars")
        size = fill(wb, runs)
        url = wb._session.database.engine().url.set(drivername="postgresql").render_as_string(hide_password=False)
        connection = psycopg.connect(url, autocommit=True, options=f"{SESSION} {RELIED_ON}")
        return cls(runs, size, wb, stack.enter_context(connection))

    def bare(self, statement: str, *values: Any) -> Any:
        """The rows of a statement."""
        with self.connection.cursor(binary=True) as cursor:
            return cursor.execute(statement.encode(), values).fetchall()

    def wire(self, statement: str) -> None:
        """Take the rows of a statement in, in the server's binary form, and do nothing with them."""
        with (
            self.connection.cursor() as cursor,
            cursor.copy(f"copy ({statement}) to stdout (format binary)".encode()) as copy,
        ):
            for _ in copy:
                pass


def questions(record: Record) -> dict[str, tuple[Ask, Ask | None]]:
    """Each asks with the arguments of its n-th call: through the workbench, and bare."""
    wb, bare = record.wb, record.bare
    ids = wb.history(limit=1000)["run_id"].to_list()
    runs = [wb.get(one) for one in ids[:REPEATS]]
    chosen = ", ".join(one.expression for one in columns(tuple(HISTORY)).of.values())
    asked: dict[str, tuple[Ask, Ask | None]] = {
        "one run by id": (lambda n: wb.get(ids[n]), lambda n: bare(f"{ROW} where r.run_id = %s", ids[n])),
        "one run by prefix": (
            lambda n: wb.get(ids[n][:12]),
            lambda n: bare(f"{ROW} where r.run_id between %s and %s", *_between(ids[n][:12])),
        ),
        "newest 20": (
            lambda n: wb.history(limit=20 + n % 2),
            lambda n: bare(f"{ROW} order by r.started_at desc, r.run_id desc limit {20 + n % 2}"),
        ),
        "newest 20, pandas": (
            lambda n: wb.history(limit=20 + n % 2, frame="pandas"),
            lambda n: bare(f"{ROW} order by r.started_at desc, r.run_id desc limit {20 + n % 2}"),
        ),
        "duplicates of a run": (
            lambda n: wb.find_duplicates(runs[n % REPEATS]),
            lambda n: bare(
                f"{ROW} where r.setup_sha256 = (select setup_sha256 from backtest_runs where run_id = %s)", ids[n]
            ),
        ),
        "ten runs by id": (
            lambda n: wb._session.records.get_all(ids[n : n + 10]),
            lambda n: bare(f"{ROW} where r.run_id = any(%s::uuid[])", ids[n : n + 10]),
        ),
        "ten runs compared": (
            lambda n: wb.compare(*ids[n : n + 10]),
            lambda n: bare(f"{CONFIGURED} where r.run_id = any(%s::uuid[])", ids[n : n + 10]),
        ),
        "ten runs compared, pandas": (
            lambda n: wb.compare(*ids[n : n + 10], frame="pandas"),
            lambda n: bare(f"{CONFIGURED} where r.run_id = any(%s::uuid[])", ids[n : n + 10]),
        ),
        "a parameter, common": (lambda n: wb.history(params={"fast_period": 2 + n % 50}), None),
        "a parameter, of all": (lambda _: wb.history(params={"position_pct": 0.95}), None),
        "a parameter, rare": (lambda n: wb.history(params={"fast_period": 2 + n % 50, "slow_period": 60 + n}), None),
        "a parameter, of none": (lambda n: wb.history(params={f"nobody_{n}": PRESENT}), None),
        "a range, common": (lambda n: wb.history(params={"fast_period": (n % 20, n % 20 + 10)}), None),
        "a range, empty": (lambda n: wb.history(params={"fast_period": (1000 + n, 2000)}), None),
        "1000 rows": (
            lambda n: wb.history(STRATEGIES[n % 2], status="completed", limit=1000),
            lambda n: record.wire(
                f"select {chosen} from backtest_runs r left join performance_metrics m using (run_id) "
                "left join run_labels l on l.run_id = r.run_id "
                f"where r.strategy_key = '{STRATEGIES[n % 2]}' and r.status = 'completed' "
                "order by r.started_at desc, r.run_id desc limit 1000"
            ),
        ),
    }
    for metric in RANKED:
        way = "asc" if metric == "volatility" else "desc"
        nulls = "nulls first" if way == "asc" else "nulls last"
        order = f"where m.{metric} is not null order by m.{metric} {way} {nulls}, m.run_id {way} limit 20"
        asked[f"best by {metric}"] = (_best(wb, metric), _rows(record, f"{BEST} {order}"))
    asked["best by sharpe_ratio, pandas"] = (
        lambda _: wb.best("sharpe_ratio", frame="pandas"),
        asked["best by sharpe_ratio"][1],
    )
    for metric, strategy in itertools.product(RANKED, ("sma_crossover", "rare")):
        asked[f"best of {strategy}, {metric}"] = (
            _best(wb, metric, strategy),
            _rows(record, _best_of(metric, strategy), strategy),
        )
    return asked


def _best(wb: Workbench, metric: str, strategy: str | None = None) -> Ask:
    return lambda _: wb.best(metric, strategy)


def _rows(record: Record, statement: str, *values: str) -> Ask:
    return lambda _: record.bare(statement, *values)


def _between(start: str) -> tuple[str, str]:
    digits = start.replace("-", "")
    return digits.ljust(32, "0"), digits.ljust(32, "f")


def _best_of(metric: str, strategy: str) -> str:
    """From an index in order where one has it or the strategy is common; else all of the strategy, then in order."""
    way = "asc nulls first" if metric == "volatility" else "desc nulls last"
    of, order = f"m.strategy_key = %s and m.{metric} is not null", f"order by m.{metric} {way}, m.run_id {way[:4]}"
    if strategy != "rare" or metric in SORTABLE:
        return f"{BEST} where {of} {order} limit 20"
    found = f"select m.run_id from (select * from performance_metrics m where {of} offset 0) m {order} limit 20"
    return f"{BEST} where m.run_id in ({found}) {order}"


def combinations(runs: int) -> Iterator[dict[str, Any]]:
    """Every filter with every order: common, rare and empty."""
    half = datetime(2026, 1, 1, tzinfo=UTC) + timedelta(seconds=7 * runs // 2)
    extras: list[dict[str, Any]] = [{"ascending": True}, {}, {"until": half}]
    filters = itertools.product(
        (None, *STRATEGIES),
        (None, "custom", "nothing"),
        (None, *INSTRUMENTS),
        (None, "completed", "failed", "running"),
        ORDERS,
        extras,
    )
    for strategy, kind, instrument, status, order, more in filters:
        asked = {"strategy": strategy, "strategy_type": kind, "instrument": instrument, "status": status}
        yield {**asked, "order_by": order, **more}


def milliseconds(call: Callable[[], Any]) -> float:
    """One call, wall time."""
    began = time.perf_counter()
    call()
    return (time.perf_counter() - began) * 1e3


def measure(records: Sequence[Record], repeats: int = REPEATS) -> None:
    """Ask everything of records that are there, in turn, and print."""
    print("ms", " " * 33, *(f"| {one.runs:>9,} runs     p99    bare" for one in records), "| last / first")
    asked = [questions(one) for one in records]
    for name in asked[0]:
        _line(name, [one[name] for one in asked], repeats)
    took: list[list[tuple[float, str]]] = [[] for _ in records]
    for asks in zip(*(combinations(one.runs) for one in records), strict=True):
        for one, filters, times in zip(records, asks, took, strict=True):
            times.append((milliseconds(partial(one.wb.history, **filters)), str(filters)))
    for one, times in zip(records, took, strict=True):
        times.sort()
        said = ", ".join(f"{name} {times[int((len(times) - 1) * part)][0]:.1f}" for name, part in _PARTS.items())
        print(f"{one.runs:,} runs, {len(times)} filters and orders: {said} ms; the worst {times[-1][1]}")
    for one in records:
        _everything(one)
        _after_more(one, repeats)
        if one.runs >= 1_000_000:
            _plans(one.wb)


_PARTS = {"median": 0.5, "9 in 10": 0.9, "99 in 100": 0.99, "worst": 1}


def _line(name: str, asks: Sequence[tuple[Ask, Ask | None]], repeats: int) -> None:
    ours: list[list[float]] = [[] for _ in asks]
    theirs: list[list[float]] = [[] for _ in asks]
    for n in range(repeats):
        for number, (ask, beside) in enumerate(asks):
            ours[number].append(milliseconds(partial(ask, n)))
            if beside is not None:
                theirs[number].append(milliseconds(partial(beside, n)))
    medians = [statistics.median(times) for times in ours]
    cells = [
        f"| {median:14.2f} {sorted(times)[int(repeats * 0.99)]:7.2f} {_median(bare):>7}"
        for median, times, bare in zip(medians, ours, theirs, strict=True)
    ]
    print(f"{name:36}", *cells, f"| {medians[-1] / medians[0]:.2f}", flush=True)


def _median(times: Sequence[float]) -> str:
    return f"{statistics.median(times):.2f}" if times else ""


def _after_more(record: Record, repeats: int, more: int = 10_000) -> None:
    """Ask for parameters when so many runs more have been recorded, and nobody has tidied up or counted since."""
    fill(record.wb, more, after=record.runs)
    wb = record.wb
    asks: dict[str, Ask] = {
        "common": lambda n: wb.history(params={"fast_period": 2 + n % 50}),
        "of all": lambda _: wb.history(params={"position_pct": 0.95}),
        "rare": lambda n: wb.history(params={"fast_period": 2 + n % 50, "slow_period": 60 + n}),
        "of none": lambda n: wb.history(params={"fast_period": 1000 + n}),
        "absent name": lambda n: wb.history(params={f"nobody_{n}": 1}),
    }
    for name, ask in asks.items():
        times = sorted(milliseconds(partial(ask, n)) for n in range(repeats))
        said = f"median {times[repeats // 2]:.1f}, worst {times[-1]:.1f} ms"
        print(f"{record.runs:,} runs and {more:,} more, a parameter, {name}: {said}")


def _everything(record: Record) -> None:
    """All runs by pages into polars, beside the same columns over the wire."""
    chosen = ", ".join(one.expression for one in columns(tuple(HISTORY)).of.values())
    wire = f"select {chosen} from backtest_runs r left join performance_metrics m using (run_id)"
    wired = [milliseconds(lambda: record.wire(wire))]
    pages: list[float] = []
    began = time.perf_counter()
    for page in record.wb.history_pages(frame="polars"):
        pages.append((time.perf_counter() - began) * 1e3 if len(page) else 0.0)
        began = time.perf_counter()
    wired.append(milliseconds(lambda: record.wire(wire)))
    first, last = (statistics.median(some) for some in (pages[:10], pages[-10:]))
    over = sum(wired) / 2e3
    print(
        f"{record.runs:,} runs by pages of 1000: {sum(pages) / 1e3:.1f} s, over the wire {over:.1f} s "
        f"({sum(pages) / 1e3 / over:.1f} times); a page of the first ten {first:.1f} ms, of the last ten {last:.1f} ms"
    )


def _plans(wb: Workbench) -> None:
    """Keep how the server answers the main questions."""
    from workbench.storage import Query
    from workbench.verbs.filters import SHAPE, checked

    PLANS.mkdir(exist_ok=True)
    asked: dict[str, dict[str, Any]] = {
        "newest": {},
        "newest_of_a_rare_strategy": {"strategy": "rare"},
        "best_of_a_rare_strategy": {"strategy": "rare", "order_by": "sharpe_ratio"},
        "failed_by_instrument": {"instrument": "IBM.NYSE", "status": "failed"},
        "a_parameter": {"params": {"fast_period": 7, "slow_period": 70}},
        "a_range_of_none": {"params": {"fast_period": (1000, 2000)}},
    }
    names = ("run_id", "started_at", "status", "params", "sharpe_ratio")
    for name, filters in asked.items():
        query = Query(
            **checked({n: v for n, v in filters.items() if n not in SHAPE}),
            **{n: v for n, v in filters.items() if n in SHAPE},
        )
        parts = [query] if query.order_by == "started_at" else listing._defined_then_undefined(query)[:1]
        statement = Statement.of(parts[0])
        if not statement.beside:
            ways = {"": statement.in_order(columns(names).listed)}
        else:
            walk = statement.in_order(statement.ties, walk=5 * listing.STEPS)
            ways = {"expected": statement.expected()[len("explain (format json) ") :], "if many": walk}
            ways["if few, or too few were found"] = statement.filtered_first(2 * listing.FEW)
        found = [f"{way}\n{_plan(wb, text, statement.values)}" for way, text in ways.items()]
        (PLANS / f"{name}.txt").write_text(f"{filters}\n\n" + "\n\n".join(found) + "\n")


def _plan(wb: Workbench, statement: str, values: dict[str, Any]) -> str:
    explained = f"explain (analyze, buffers) {statement}".encode()
    lines = wb._session.database.ask(lambda one: one.execute(explained, values, prepare=False).fetchall())
    return "\n".join(line for (line,) in lines)


def report(sizes: Sequence[int]) -> None:
    """Fill records of these sizes and print their answers."""
    with ExitStack() as stack:
        records = [Record.made(runs, stack) for runs in sizes]
        for one in records:
            print(f"{one.runs:,} runs, {one.size:,.0f} bytes each")
        measure(records)


if __name__ == "__main__":
    report([int(word) for word in sys.argv[1:]] or [10_000, 100_000])
