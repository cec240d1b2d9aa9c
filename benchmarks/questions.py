"""How long the record takes to answer, through the public verbs into a frame, at 10,000 and 100,000 runs, or a million.

Arguments change from call to call, on one connection, so that no plan is made for one of them alone.
"""

from __future__ import annotations

import itertools
import statistics
import sys
import time
from collections.abc import Callable, Iterator
from typing import Any

from benchmarks.home import opened, temporary_home
from benchmarks.plausible_record import fill
from workbench import Workbench

STRATEGIES = ("sma_crossover", "momentum", "mean_reversion", "rare")
INSTRUMENTS = ("AAPL", "IBM.NYSE", "BTC/USD.X", "NOBODY.X")
ORDERS = ("started_at", "total_return", "sharpe_ratio", "max_drawdown")


def questions(wb: Workbench) -> dict[str, Callable[[int], Any]]:
    """Each asks with the arguments of its n-th call."""
    ids = wb.history(limit=1000, frame="polars")["run_id"].to_list()
    return {
        "one run by id": lambda n: wb.get(ids[n % 1000]),
        "newest 20": lambda n: wb.history(limit=20 + n % 2),
        "newest 20 of a strategy": lambda n: wb.history(STRATEGIES[n % 4]),
        "best 20": lambda n: wb.best(ORDERS[1 + n % 3]),
        "best 20 of a rare strategy": lambda n: wb.best(ORDERS[1 + n % 3], "rare"),
        "ten runs by id": lambda n: [wb.get(one) for one in ids[n : n + 10]],
        "a parameter, common": lambda n: wb.history(params={"fast_period": 2 + n % 50}),
        "two parameters, rare": lambda n: wb.history(params={"fast_period": 2 + n % 50, "slow_period": 60 + n % 200}),
        "a range, common": lambda n: wb.history(params={"fast_period": (n % 20, n % 20 + 10)}),
        "a range, empty": lambda n: wb.history(params={"fast_period": (1000 + n, 2000)}),
        "1000 rows": lambda n: wb.history(STRATEGIES[n % 2], status="completed", limit=1000),
    }


def combinations(wb: Workbench) -> Iterator[Callable[[], Any]]:
    """Every filter with every order: common, rare and empty."""
    filters = itertools.product(
        (None, *STRATEGIES), (None, *INSTRUMENTS), (None, "completed", "failed", "running"), ORDERS, (True, False)
    )
    for strategy, instrument, status, order, ascending in filters:
        asked = {"instrument": instrument, "status": status, "order_by": order, "ascending": ascending}
        yield lambda strategy=strategy, asked=asked: wb.history(strategy, **asked)


def milliseconds(call: Callable[[], Any]) -> float:
    """One call, wall time."""
    began = time.perf_counter()
    call()
    return (time.perf_counter() - began) * 1e3


def report(runs: int, repeats: int) -> None:
    """Fill a record of this size and print its answers."""
    with temporary_home() as settings, opened(settings) as wb:
        wb.history()
        size = fill(wb, runs)
        print(f"\n{runs:,} runs, {size:,.0f} bytes each; {repeats} calls; ms\n{'':28}   median      p99")
        for name, ask in questions(wb).items():
            took = sorted(milliseconds(lambda ask=ask, n=n: ask(n)) for n in range(repeats))
            print(f"{name:28} {statistics.median(took):8.1f} {took[int(len(took) * 0.99)]:8.1f}")
        took = sorted(milliseconds(call) for call in combinations(wb))
        print(f"{len(took)} filters × orders{'':12} {statistics.median(took):7.1f}, worst {took[-1]:.1f}")


if __name__ == "__main__":
    for number in [int(word) for word in sys.argv[1:]] or [10_000, 100_000]:
        report(number, repeats=100)
