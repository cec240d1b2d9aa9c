"""Records and snapshots → rows: every metric, setting and parameter of every run, what differs, which is best."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from types import MappingProxyType
from typing import TYPE_CHECKING, Any, NamedTuple

from workbench.checks import flag
from workbench.comparison.notes import notes, short
from workbench.comparison.values import ABSENT, cut, of_facts, of_scores, scores
from workbench.config import Path, facts_of_each, setting
from workbench.errors import Call, InvalidInput
from workbench.metrics import meaning, registered

if TYPE_CHECKING:
    from workbench.config import Snapshot
    from workbench.metrics import Declarations, Meaning
    from workbench.runs import Record

FEWEST, MOST = 2, 10


class Row(NamedTuple):
    """One metric, setting or parameter of all runs, in their order.

    `values` are in full; `show` gives the one of a position as people read it. `best` are the positions of the best.
    """

    section: str
    name: str
    label: str
    values: tuple[str, ...]
    show: Callable[[int], str]
    differs: bool
    best: tuple[int, ...] = ()

    @property
    def shown(self) -> tuple[str, ...]:
        """The values as people read them."""
        return tuple(map(self.show, range(len(self.values))))


@dataclass(frozen=True, slots=True, kw_only=True)
class Comparison:
    """Runs side by side. `notes` say where their numbers do not mean the same."""

    run_ids: tuple[str, ...]
    short_ids: tuple[str, ...]
    strategies: tuple[str, ...]
    rows: tuple[Row, ...]
    notes: tuple[str, ...]


def check_number(runs: Sequence[object]) -> None:
    """Raises InvalidInput for fewer than two runs, and for more than ten."""
    named = [str(getattr(run, "id", run))[:80] for run in runs[: MOST + 1]]
    if len(runs) < FEWEST:
        only = f"only one was given: {named[0]}" if named else "none was given"
        raise InvalidInput(
            f"a comparison has {FEWEST} to {MOST} runs, and {only}. Type ",
            Call("compare", ("ID", "ID"), python="wb.compare(id, other_id), or wb.compare(*ids) for a list"),
            ".",
        )
    if len(runs) > MOST:
        raise InvalidInput(
            f"a comparison has {FEWEST} to {MOST} runs, and {len(runs)} were given: "
            f"{named[MOST]} is the first too many. Leave some out."
        )


def side_by_side(
    runs: Sequence[tuple[Record, Snapshot]],
    *,
    only_differences: bool = False,
    saved: Declarations = MappingProxyType({}),
) -> Comparison:
    """Compare runs in the order given; with `only_differences`, leave out the rows that are equal in all of them.

    `saved` tells how metrics are read that this session has not registered.

    Raises:
        InvalidInput: fewer than two runs, more than ten, or one given twice.
    """
    only_differences = flag("only_differences", only_differences)
    records = [record for record, _ in runs]
    run_ids = tuple(str(record.run_id) for record in records)
    check_number(run_ids)
    _check_once(run_ids)
    values = facts_of_each([snapshot for _, snapshot in runs])
    currencies = [record.currency for record in records]
    rows = [
        *_labels(records),
        *_metrics(records, currencies, saved),
        *_settings(values, currencies),
    ]
    return Comparison(
        run_ids=run_ids,
        short_ids=short(run_ids),
        strategies=tuple(record.strategy_name for record in records),
        rows=tuple(row for row in rows if row.differs or not only_differences),
        notes=tuple(notes(runs, saved)),
    )


def _check_once(run_ids: Sequence[str]) -> None:
    for position, run_id in enumerate(run_ids):
        if (first := run_ids.index(run_id)) < position:
            raise InvalidInput(
                f"run {run_id} is given twice, as number {first + 1} and number {position + 1}. Leave one out."
            )


def _metrics(records: Sequence[Record], currencies: Sequence[str], saved: Declarations) -> Iterator[Row]:
    for name, scored in scores(records, _own_metrics(records)):
        spec = meaning(name, saved)
        unit = spec.unit if spec is not None else "count" if name == "formulas_version" else "ratio"
        comparable = spec is not None and (spec.unit != "money" or len(set(currencies)) == 1)
        label = spec.label if spec is not None else cut(name)
        values, show, differs = of_scores(scored, unit, currencies)
        yield Row("metrics", name, label, values, show, differs, _best(scored, spec) if spec and comparable else ())


def _own_metrics(records: Sequence[Record]) -> list[str]:
    """The user's: those of this session as they were registered, then the others."""
    measured = {name: None for record in records if record.metrics is not None for name in record.metrics.custom}
    return list(dict.fromkeys([*(name for name in registered() if name in measured), *measured]))


def _best(numbers: Sequence[float | None], spec: Meaning) -> tuple[int, ...]:
    """Positions of the best values; none where neither way is better or all runs have the same."""
    known = [number for number in numbers if number is not None]
    if spec.higher_is_better is None or not known:
        return ()
    top = max(known) if spec.higher_is_better else min(known)
    best = tuple(position for position, number in enumerate(numbers) if number == top)
    return best if len(best) < len(numbers) else ()


def _labels(records: Sequence[Record]) -> Iterator[Row]:
    """What the runs are called, where one of them has a name or a tag."""
    for name, texts in (
        ("name", [record.name or "" for record in records]),
        ("tags", [", ".join(record.tags) for record in records]),
    ):
        if any(texts):
            shown = [cut(text) or "–" for text in texts]
            yield Row("run", name, name, tuple(texts), shown.__getitem__, len(set(texts)) > 1)


def _settings(runs: Sequence[dict[Path, Any]], currencies: Sequence[str]) -> Iterator[Row]:
    """Settings in the order of the first run that has them, then parameters in the order of their names."""
    every: dict[Path, Any] = {}
    for run in runs:
        every |= run
    known = {path: setting(path) for path in every}
    params = sorted(path for path in every if known[path].section == "parameters")
    # the modules of the code have one row together
    others = [path for path in every if known[path].section not in ("parameters", "code")]
    for section, paths in (("settings", others), ("parameters", params)):
        for path in paths:
            name = known[path].name
            values, show, differs = of_facts(known[path].unit, [run.get(path, ABSENT) for run in runs], currencies)
            yield Row(section, name, cut(name), values, show, differs)
