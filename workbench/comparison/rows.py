"""Records and snapshots → rows: every metric, setting and parameter of every run, what differs, which is best."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from workbench.checks import flag
from workbench.comparison.cells import ABSENT, Cell, cells, cut, metric_cell, params, settings
from workbench.comparison.notes import notes, short
from workbench.errors import InvalidInput
from workbench.frames import METRICS
from workbench.metrics import registered

if TYPE_CHECKING:
    from workbench.config import Snapshot
    from workbench.metrics import MetricSpec
    from workbench.runs import Record

FEWEST, MOST = 2, 10


@dataclass(frozen=True, slots=True, kw_only=True)
class Row:
    """One metric, setting or parameter of all runs, in their order.

    `best` are the positions of the best runs.
    """

    section: str
    name: str
    label: str
    differs: bool
    best: tuple[int, ...]
    cells: tuple[Cell, ...]

    @property
    def values(self) -> tuple[str, ...]:
        """In full."""
        return tuple(cell.text for cell in self.cells)

    @property
    def shown(self) -> tuple[str, ...]:
        """As people read them."""
        return tuple(cell.show() for cell in self.cells)


@dataclass(frozen=True, slots=True, kw_only=True)
class Comparison:
    """Runs side by side. `notes` say where their numbers do not mean the same."""

    run_ids: tuple[str, ...]
    short_ids: tuple[str, ...]
    strategies: tuple[str, ...]
    rows: tuple[Row, ...]
    notes: tuple[str, ...]


def check_number(given: Sequence[object]) -> None:
    """Raises InvalidInput for fewer than two runs, and for more than ten."""
    named = [str(getattr(one, "id", one))[:80] for one in given[: MOST + 1]]
    if len(given) < FEWEST:
        only = f"only one was given: {named[0]}" if named else "none was given"
        raise InvalidInput(
            f"a comparison has {FEWEST} to {MOST} runs, and {only}. "
            "Type wb.compare(id, other_id), or wb.compare(*ids) for a list."
        )
    if len(given) > MOST:
        raise InvalidInput(
            f"a comparison has {FEWEST} to {MOST} runs, and {len(given)} were given: "
            f"{named[MOST]} is the first too many. Leave some out."
        )


def side_by_side(runs: Sequence[tuple[Record, Snapshot]], *, only_differences: bool = False) -> Comparison:
    """Compare runs in the order given; with `only_differences`, leave out the rows that are equal in all of them.

    Raises:
        InvalidInput: fewer than two runs, more than ten, or one given twice.
    """
    only_differences = flag("only_differences", only_differences)
    records = [record for record, _ in runs]
    run_ids = tuple(str(record.run_id) for record in records)
    check_number(run_ids)
    _check_once(run_ids)
    chosen = [params(record) for record in records]
    rows = [
        *_metrics(records),
        *_facts("settings", [settings(record, snapshot) for record, snapshot in runs]),
        *_facts("parameters", chosen, order=sorted({path for one in chosen for path in one})),
    ]
    return Comparison(
        run_ids=run_ids,
        short_ids=short(run_ids),
        strategies=tuple(record.strategy_name for record in records),
        rows=tuple(row for row in rows if row.differs or not only_differences),
        notes=tuple(notes(runs)),
    )


def _check_once(run_ids: Sequence[str]) -> None:
    for position, run_id in enumerate(run_ids):
        if (first := run_ids.index(run_id)) < position:
            raise InvalidInput(
                f"run {run_id} is given twice, as number {first + 1} and number {position + 1}. Leave one out."
            )


def _metrics(records: Sequence[Record]) -> Iterator[Row]:
    one_currency = len({record.currency for record in records}) == 1
    for name in _metric_names(records):
        spec = registered().get("max_drawdown_ns" if name == "max_drawdown_at" else name)
        scores = [metric_cell(record, name, spec) for record in records]
        comparable = spec is not None and (one_currency or spec.unit != "money")
        yield _row("metrics", name, scores, spec=spec, best=_best(scores, spec) if spec and comparable else ())


def _metric_names(records: Sequence[Record]) -> list[str]:
    """The standard ones, then the user's: those of this session as they were registered, then the others."""
    measured = {name: None for record in records if record.metrics is not None for name in record.metrics.custom}
    known = [name for name in registered() if name in measured]
    return [*METRICS, "formulas_version", *dict.fromkeys([*known, *measured])]


def _best(scores: Sequence[Cell], spec: MetricSpec) -> tuple[int, ...]:
    """Positions of the best values; none where neither way is better or all runs have the same."""
    numbers = [cell.number for cell in scores]
    known = [number for number in numbers if number is not None]
    if spec.higher_is_better is None or not known:
        return ()
    top = max(known) if spec.higher_is_better else min(known)
    best = tuple(position for position, number in enumerate(numbers) if number == top)
    return best if len(best) < len(scores) else ()


def _facts(
    section: str, runs: Sequence[Mapping[tuple[str, ...], Any]], *, order: Iterable[tuple[str, ...]] = ()
) -> Iterator[Row]:
    # by path, not by name: {"a.b": 1} and {"a": {"b": 1}} are two parameters with one name
    for path in dict.fromkeys([*order, *(path for run in runs for path in run)]):
        yield _row(section, ".".join(path), cells([run.get(path, ABSENT) for run in runs]))


def _row(
    section: str, name: str, found: Sequence[Cell], *, spec: MetricSpec | None = None, best: tuple[int, ...] = ()
) -> Row:
    return Row(
        section=section,
        name=name,
        label=spec.label if spec is not None else cut(name),
        differs=any(cell is not found[0] and cell.key != found[0].key for cell in found),
        best=best,
        cells=tuple(found),
    )
