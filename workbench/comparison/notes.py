"""Where the numbers of two runs do not mean the same."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from typing import TYPE_CHECKING

from workbench.display.format import day, number
from workbench.metrics import meaning
from workbench.runs import UNRECONCILED, Status

if TYPE_CHECKING:
    from workbench.config import Snapshot
    from workbench.metrics import Declarations
    from workbench.runs import Record

ID = 8
"""Characters of a short id."""


def short(run_ids: Sequence[str]) -> tuple[str, ...]:
    """The first characters of each id: eight, or as many as tell them apart."""
    length = next(n for n in range(ID, 37) if len({run_id[:n] for run_id in run_ids}) == len(run_ids))
    return tuple(run_id[:length] for run_id in run_ids)


def notes(runs: Sequence[tuple[Record, Snapshot]], saved: Declarations) -> Iterator[str]:
    """Sentences for the reader of a comparison; none where all numbers mean the same."""
    records = [record for record, _ in runs]
    yield from _unfinished(records)
    yield from _unreconciled(records)
    yield from _markets(records)
    yield from _data(runs)
    yield from _code(runs)
    yield from _money(records)
    yield from _measures(runs)
    yield from _unknown(records, saved)


def _unfinished(records: Sequence[Record]) -> Iterator[str]:
    if all(record.status is Status.COMPLETED for record in records):
        return
    for record, run_id in zip(records, short([str(record.run_id) for record in records]), strict=True):
        if record.status is not Status.COMPLETED:
            yield f"Run {run_id} has no metrics: its status is {record.status.value}."


def _unreconciled(records: Sequence[Record]) -> Iterator[str]:
    for record, run_id in zip(records, short([str(record.run_id) for record in records]), strict=True):
        for warning in record.warnings:
            if warning.code == UNRECONCILED:
                yield f"Run {run_id} {warning.message}."


def _markets(records: Sequence[Record]) -> Iterator[str]:
    if several := _several(record.instrument_id for record in records):
        yield f"Instruments differ: {several}. A better number may be the market's, not the strategy's."
    if several := _several(record.bar.removesuffix("-EXTERNAL") for record in records):
        yield f"Bars differ: {several}. The strategies did not see the same prices."
    if len({(record.period_start, record.period_end) for record in records}) > 1:
        several = _several(f"{day(record.period_start)} to {day(record.period_end)}" for record in records)
        yield f"Periods differ: {several}. The runs met other markets, and totals grow with time."


def _data(runs: Sequence[tuple[Record, Snapshot]]) -> Iterator[str]:
    """Other content under one name. Other periods have other content anyway."""
    contents: dict[tuple[object, ...], set[tuple[str, ...]]] = {}
    for record, snapshot in runs:
        question = (record.instrument_id, record.bar, record.period_start, record.period_end)
        contents.setdefault(question, set()).add(tuple(use.fingerprint for use in snapshot.data))
    for (instrument_id, bar, *_), several in contents.items():
        if len(several) > 1:
            yield f"The data of {instrument_id} {bar} differs over one and the same period: its bars were changed."


def _code(runs: Sequence[tuple[Record, Snapshot]]) -> Iterator[str]:
    codes: dict[str, list[object]] = {}
    for record, snapshot in runs:
        codes.setdefault(record.strategy_path, []).append(snapshot.strategy.code)
    for path, known in codes.items():
        if any(code != known[0] for code in known):
            yield f"The code of {path} was changed between the runs."


def _money(records: Sequence[Record]) -> Iterator[str]:
    if several := _several(record.currency for record in records):
        yield f"Currencies differ: {several}. No best is marked for money."
    elif len({record.initial_capital for record in records}) > 1:
        several = _several(number(float(record.initial_capital), "money", record.currency) for record in records)
        yield f"Initial capital differs: {several}. Money grows with it; fractions and ratios can be compared."


def _measures(runs: Sequence[tuple[Record, Snapshot]]) -> Iterator[str]:
    versions = (str(record.metrics.formulas_version) for record, _ in runs if record.metrics is not None)
    if several := _several(versions):
        yield f"Formula versions differ: {several}. One and the same run would score otherwise under each."
    if several := _several(str(snapshot.risk_free) for _, snapshot in runs):
        yield f"Risk-free rates differ: {several}. Sharpe and Sortino are measured against them."
    if several := _several(_periods(record) for record, _ in runs if record.metrics is not None):
        yield f"Periods per year differ: {several}. Sharpe, Sortino and volatility are annualised with them."
    if several := _several(f"{snapshot.engine['name']} {snapshot.engine['version']}" for _, snapshot in runs):
        yield f"Engines differ: {several}. They may fill orders otherwise."


def _periods(record: Record) -> str:
    periods = None if record.metrics is None else record.metrics.get("periods_per_year")
    return "unknown" if periods is None else f"{periods:g}"


def _unknown(records: Sequence[Record], saved: Declarations) -> Iterator[str]:
    measured = {name: None for record in records if record.metrics is not None for name in record.metrics.custom}
    if names := [name for name in measured if meaning(name, saved) is None]:
        yield f"Not registered in this session, so that no best is marked: {', '.join(names)}."


def _several(values: Iterable[str]) -> str:
    """The different ones in their order, in one line; empty if there is just one."""
    different = list(dict.fromkeys(values))
    return ", ".join(different) if len(different) > 1 else ""
