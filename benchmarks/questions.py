"""How long the record takes to answer, through the public verbs into a frame, beside psycopg with the best known SQL.

Arguments change from call to call, on one connection, so that no plan is made for one of them alone; the two take
turns. Say how many runs: `python -m benchmarks.questions 10000 1000000`. Plans of a million go to benchmarks/plans.
"""

from __future__ import annotations

import itertools
import statistics
import sys
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import psycopg

from benchmarks.home import opened, temporary_home
from benchmarks.plausible_record import fill
from workbench import PRESENT, Workbench
from workbench.frames import HISTORY
from workbench.storage import listing
from workbench.storage.columns import columns
from workbench.storage.database import SESSION
from workbench.storage.tables import RANKED

REPEATS = 100
STRATEGIES = ("sma_crossover", "momentum", "mean_reversion", "rare")
INSTRUMENTS = ("AAPL", "IBM.NYSE", "BTC/USD.X", "NOBODY.X")
ORDERS = ("started_at", "total_return", "sharpe_ratio", "max_drawdown")
PLANS = Path(__file__).parent / "plans"

ROW = "select r.*, m.* from backtest_runs r left join performance_metrics m on m.run_id = r.run_id"
BEST = "select r.*, m.* from performance_metrics m join backtest_runs r on r.run_id = m.run_id"

type Ask = Callable[[int], Any]


def questions(wb: Workbench, bare: Callable[..., Any]) -> dict[str, tuple[Ask, Ask | None]]:
    """Each asks with the arguments of its n-th call: through the workbench, and bare."""
    wb.use("polars")
    ids = wb.history(limit=1000)["run_id"].to_list()
    runs = [wb.get(one) for one in ids[:REPEATS]]
    asked: dict[str, tuple[Ask, Ask | None]] = {
        "one run by id": (lambda n: wb.get(ids[n]), lambda n: bare(f"{ROW} where r.run_id = %s", ids[n])),
        "one run by prefix": (lambda n: wb.get(ids[n][:12]), None),
        "newest 20": (
            lambda n: wb.history(limit=20 + n % 2),
            lambda n: bare(f"{ROW} order by r.started_at desc, r.run_id desc limit {20 + n % 2}"),
        ),
        "newest 20, pandas": (lambda n: wb.history(limit=20 + n % 2, frame="pandas"), None),
        "duplicates of a run": (
            lambda n: wb.find_duplicates(runs[n % REPEATS]),
            lambda n: bare(
                f"{ROW} where r.setup_sha256 = (select setup_sha256 from backtest_runs where run_id = %s)", ids[n]
            ),
        ),
        "ten runs by id": (
            lambda n: wb._records.get_all(ids[n : n + 10]),
            lambda n: bare(f"{ROW} where r.run_id = any(%s::uuid[])", ids[n : n + 10]),
        ),
        "a parameter, common": (lambda n: wb.history(params={"fast_period": 2 + n % 50}), None),
        "a parameter, of all": (lambda _: wb.history(params={"position_pct": 0.95}), None),
        "a parameter, rare": (lambda n: wb.history(params={"fast_period": 2 + n % 50, "slow_period": 60 + n}), None),
        "a parameter, of none": (lambda n: wb.history(params={f"nobody_{n}": PRESENT}), None),
        "a range, common": (lambda n: wb.history(params={"fast_period": (n % 20, n % 20 + 10)}), None),
        "a range, empty": (lambda n: wb.history(params={"fast_period": (1000 + n, 2000)}), None),
        "1000 rows": (
            lambda n: wb.history(STRATEGIES[n % 2], status="completed", limit=1000),
            lambda n: bare(
                f"{ROW} where r.strategy_key = %s and r.status = 'completed' "
                "order by r.started_at desc, r.run_id desc limit 1000",
                STRATEGIES[n % 2],
            ),
        ),
    }
    for metric in RANKED:
        way = "asc" if metric == "volatility" else "desc"
        nulls = "nulls first" if way == "asc" else "nulls last"
        order = f"where m.{metric} is not null order by m.{metric} {way} {nulls}, m.run_id {way} limit 20"
        asked[f"best by {metric}"] = (lambda _, m=metric: wb.best(m), lambda _, o=order: bare(f"{BEST} {o}"))
    for metric, strategy in itertools.product(ORDERS[1:], STRATEGIES):
        asked[f"best of {strategy}, {metric}"] = (lambda _, m=metric, s=strategy: wb.best(m, s), None)
    return asked


def combinations(wb: Workbench) -> Iterator[tuple[dict[str, Any], Callable[[], Any]]]:
    """Every filter with every order: common, rare and empty."""
    filters = itertools.product(
        (None, *STRATEGIES),
        (None, "custom", "nothing"),
        (None, *INSTRUMENTS),
        (None, "completed", "failed", "running"),
        ORDERS,
        (True, False),
    )
    for strategy, kind, instrument, status, order, ascending in filters:
        asked = {"strategy": strategy, "strategy_type": kind, "instrument": instrument, "status": status}
        asked |= {"order_by": order, "ascending": ascending}
        yield asked, lambda asked=asked: wb.history(**asked)


def milliseconds(call: Callable[[], Any]) -> float:
    """One call, wall time."""
    began = time.perf_counter()
    call()
    return (time.perf_counter() - began) * 1e3


def measure(wb: Workbench, repeats: int = REPEATS) -> None:
    """Ask everything of a record that is there, and print."""
    url = wb._database.engine().url.set(drivername="postgresql").render_as_string(hide_password=False)
    with psycopg.connect(url, autocommit=True, options=SESSION) as connection:

        def bare(statement: str, *values: Any) -> Any:
            with connection.cursor(binary=True) as cursor:
                return cursor.execute(statement.encode(), values).fetchall()

        print(f"{'ms':34}   median      p99     bare    ratio")
        for name, (ask, beside) in questions(wb, bare).items():
            _line(name, ask, beside, repeats)
        took = sorted((milliseconds(call), str(asked)) for asked, call in combinations(wb))
        print(f"{len(took)} filters and orders: median {took[len(took) // 2][0]:.1f}, worst {took[-1][0]:.1f}")
        print("  the worst:", took[-1][1])
        _everything(wb, connection)
        if sum(wb.status()["runs"].values()) >= 1_000_000:
            _plans(wb)


def _line(name: str, ask: Ask, beside: Ask | None, repeats: int) -> None:
    ours, theirs = [], []
    for n in range(repeats):
        ours.append(milliseconds(lambda n=n: ask(n)))
        theirs.append(milliseconds(lambda n=n: beside(n)) if beside else 0.0)
    median, bare = statistics.median(ours), statistics.median(theirs)
    beside_it = f"{bare:8.2f} {median / bare:8.2f}" if beside else ""
    print(f"{name:34} {median:8.2f} {sorted(ours)[int(repeats * 0.99)]:8.2f} {beside_it}", flush=True)


def _everything(wb: Workbench, connection: psycopg.Connection) -> None:
    """All runs by pages into polars, beside the same columns over the wire."""
    chosen = ", ".join(one.expression for one in columns(tuple(HISTORY)).values())
    statement = f"copy (select {chosen} from backtest_runs r left join performance_metrics m using (run_id)) to stdout"

    def wire() -> None:
        with connection.cursor() as cursor, cursor.copy(f"{statement} (format binary)".encode()) as copy:
            for _ in copy:
                pass

    pages: list[float] = []
    began = time.perf_counter()
    for page in wb.history_pages(frame="polars"):
        pages.append((time.perf_counter() - began) * 1e3 if len(page) else 0.0)
        began = time.perf_counter()
    first, last = (statistics.median(some) for some in (pages[:10], pages[-10:]))
    print(f"everything by pages of 1000: {sum(pages) / 1e3:.1f} s, over the wire {milliseconds(wire) / 1e3:.1f} s")
    print(f"a page: of the first ten {first:.1f} ms, of the last ten {last:.1f} ms")


def _plans(wb: Workbench) -> None:
    """Keep how the server answers the main questions."""
    from workbench.asking import question

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
        query = question(**filters)
        parts = [query] if query.order_by == "started_at" else listing._defined_then_undefined(query)[:1]
        statement = listing._Statement.of(parts[0])
        ways = [statement.in_order(columns(names), walk=5000 if statement.beside else None)]
        ways += [statement.filtered_first(columns(names))] if statement.beside else []
        found = [_plan(wb, way, statement.values) for way in ways]
        (PLANS / f"{name}.txt").write_text(f"{filters}\n\n" + "\n\nand if too few were found\n\n".join(found) + "\n")


def _plan(wb: Workbench, statement: str, values: dict[str, Any]) -> str:
    explained = f"explain (analyze, buffers) {statement}".encode()
    lines = wb._database.ask(lambda one: one.execute(explained, values, prepare=False).fetchall())
    return "\n".join(line for (line,) in lines)


def report(runs: int) -> None:
    """Fill a record of this size and print its answers."""
    with temporary_home() as settings, opened(settings) as wb:
        wb.history()
        print(f"\n{runs:,} runs, {fill(wb, runs):,.0f} bytes each")
        measure(wb)


if __name__ == "__main__":
    for number in [int(word) for word in sys.argv[1:]] or [10_000, 100_000]:
        report(number)
