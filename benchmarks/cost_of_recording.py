"""What recording a run costs: `wb.run`, saving included, beside what a user writes today and the leanest bare run.

All runs are of the same strategy with the same parameters on the same bars. The bars of the bare runs are in memory;
`wb.run` finds them in its cache, and its first run of a session, which loads them, has a row of its own.

The variants take turns. All but two share one process, in which nothing has ever logged; so the "today" that `wb.run`
is measured against there is spared its log. "Today" as it really is, with the default log or that of errors only, takes
its turn in a process of its own, because of what `bare.TodayElsewhere` says.
"""

from __future__ import annotations

from collections.abc import Sequence
from contextlib import ExitStack
from itertools import count
from statistics import median
from typing import Any

from benchmarks import bare
from benchmarks.bare import Case, Loaded, TodayElsewhere
from benchmarks.home import opened
from benchmarks.report import alone, show
from benchmarks.timing import Cost, ratio, summary, take_turns, timed
from workbench import Run, Workbench
from workbench.settings import Settings

TODAY, TODAY_ERRORS, TODAY_SILENT = "today, default log", "today, log of errors", "today, no log"
LEAN, LEANER, RECORDED = "lean", "lean, no trade series", "wb.run"
LIMITS = {"daily": {TODAY: 0.55, LEAN: 1.10}, "minute": {TODAY: 0.55, LEAN: 1.03}}

DAILY = (
    Case(
        title="daily, SMA Crossover 10/20",
        strategy="SMA Crossover",
        instrument="AAPL.NASDAQ",
        params={"fast_period": 10, "slow_period": 20},
    ),
    Case(title="daily, Mean Reversion", strategy="Mean Reversion", instrument="AAPL.NASDAQ", params={}),
    Case(title="daily, Momentum", strategy="Momentum", instrument="AAPL.NASDAQ", params={}),
)
MINUTE = (
    Case(
        title="minute, SMA Crossover 60/240",
        strategy="SMA Crossover",
        instrument="MOCK.SIM",
        params={"fast_period": 60, "slow_period": 240},
    ),
    Case(
        title="minute, SMA Crossover 10/20",
        strategy="SMA Crossover",
        instrument="MOCK.SIM",
        params={"fast_period": 10, "slow_period": 20},
    ),
)


def measure(settings: Settings, *, quick: bool = False) -> dict[str, Any]:
    """Measure all cases, print a table of each, and give the numbers."""
    with opened(settings) as workbench:
        workbench.import_mock(instrument="MOCK.SIM", bar="1m", start="2022-01-01", end="2022-03-11")
    cases = [*((case, "daily", 15) for case in DAILY), (MINUTE[0], "minute", 5), (MINUTE[1], "minute", 3)]
    if quick:
        cases = [(DAILY[0], "daily", 5), (MINUTE[0], "minute", 1)]
    return {case.title: _measure(case, settings, LIMITS[kind], rounds=rounds) for case, kind, rounds in cases}


def _measure(case: Case, settings: Settings, limits: dict[str, float], *, rounds: int) -> dict[str, Any]:
    loaded = Loaded.of(case, settings)
    first = [_first_run(case, settings) for _ in range(3)]
    with ExitStack() as stack:
        workbench = stack.enter_context(opened(settings))
        trades = _same_everywhere(loaded, workbench)
        measured = take_turns(
            {
                TODAY: stack.enter_context(TodayElsewhere(case, settings, "INFO")),
                TODAY_ERRORS: stack.enter_context(TodayElsewhere(case, settings, "ERROR")),
                TODAY_SILENT: lambda: timed(lambda: bare.today(loaded, bare.silent())),
                LEAN: lambda: timed(lambda: bare.lean(loaded)),
                LEANER: lambda: timed(lambda: bare.lean(loaded, recorded_trades=False)),
                RECORDED: lambda: timed(lambda: _record(case, workbench)),
            },
            rounds=rounds,
        )
    ratios = {name: ratio(measured, RECORDED, name) for name in measured if name != RECORDED}
    title = f"{case.title}: {len(loaded.bars):,} bars, {trades} trades"
    _show(title, rounds, measured, ratios, first)
    for name, limit in limits.items():
        share = ratios[name]["wall_per_round"]
        print(f"  {RECORDED} / {name}: {share:.3f}, to be at most {limit:.2f}{'' if share <= limit else '  MISSED'}")
    return {
        "bars": len(loaded.bars),
        "trades": trades,
        "rounds": rounds,
        "seconds": summary(measured),
        "first_run_seconds": {"wall": median(c.wall for c in first), "cpu": median(c.cpu for c in first)},
        "ratios": ratios,
        "limits": limits,
    }


_numbers = count(1)


def _record(case: Case, workbench: Workbench) -> Run:
    # another rate each time makes another configuration, which is written in full, and leaves the run itself as it is
    return workbench.run(
        case.strategy,
        instrument=case.instrument,
        capital=bare.CAPITAL,
        risk_free=next(_numbers) * 1e-6,
        params=case.params,
        progress=False,
    )


def _first_run(case: Case, settings: Settings) -> Cost:
    """The first run of a session: it connects and loads the bars. Imports are done, and the server runs."""
    with opened(settings) as workbench:
        return timed(lambda: _record(case, workbench))


def _same_everywhere(loaded: Loaded, workbench: Workbench) -> int:
    """Make sure that the variants do the same work before their times are compared. Gives the number of trades."""
    run = _record(loaded.case, workbench)
    naive = bare.today(loaded, bare.silent())
    orders = (len(naive["orders"]), bare.lean(loaded), bare.lean(loaded, recorded_trades=False), len(run.fills()))
    trades = (int(naive["positions"]["ts_closed"].notna().sum()), len(run.trades()))
    if len(set(orders)) != 1 or len(set(trades)) != 1:
        raise AssertionError(f"the variants do not run the same thing: {orders} orders, {trades} trades")
    return trades[0]


def _show(
    title: str,
    rounds: int,
    measured: dict[str, list[Cost]],
    ratios: dict[str, dict[str, float]],
    first: Sequence[Cost],
) -> None:
    seconds = summary(measured) | summary({f"{RECORDED}, first of a session": first})
    rows = []
    for name, cost in seconds.items():
        times = [f"{1000 * cost[kind]:.1f}" for kind in ("wall", "best", "cpu")]
        kinds = ("wall", "wall_per_round", "best", "cpu_per_round")
        rows.append([name, *times, *(f"{ratios[name][kind]:.3f}" if name in ratios else "" for kind in kinds)])
    show(
        f"{title}; {rounds} rounds; on the right wb.run in units of each row",
        ("", "wall ms", "best", "CPU ms", "of medians", "per round", "of bests", "CPU per round"),
        rows,
    )


if __name__ == "__main__":
    alone("cost_of_recording", __doc__, measure)
