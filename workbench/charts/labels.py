"""What the runs of one chart share, and what tells each from the others."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from workbench.checks import word
from workbench.config import named_params
from workbench.display.format import day, number
from workbench.errors import InvalidInput, UnknownParameter
from workbench.runs import Record, Status

_NAMED_PARAMS = 3
_LABEL_LENGTH = 60


@dataclass(frozen=True, slots=True, kw_only=True)
class Subject:
    """A run as a chart speaks of it. `params` are flat, `terms` what else its numbers depend on, by name, as text."""

    run_id: str
    strategy: str
    instrument: str
    started_at: datetime
    status: Status = Status.COMPLETED
    params: Mapping[str, Any] = field(default_factory=dict)
    terms: Mapping[str, str] = field(default_factory=dict)


def subject(record: Record) -> Subject:
    """A run's names, parameters and terms."""
    return Subject(
        run_id=str(record.run_id),
        strategy=record.strategy_name,
        instrument=record.instrument_id,
        started_at=record.started_at,
        status=record.status,
        params=named_params(record.params),
        terms={
            "bar": record.bar,
            "start": day(record.period_start),
            "end": day(record.period_end),
            "capital": number(float(record.initial_capital), "money", record.currency),
        },
    )


def varying(subjects: Sequence[Subject]) -> list[str]:
    """Names of parameters that have several values among the runs that have them, those with most of them first."""
    values: dict[str, set[str]] = {}
    for subject in subjects:
        for name, value in subject.params.items():
            values.setdefault(name, set()).add(text(value))
    several = {name: len(found) for name, found in values.items() if len(found) > 1}
    return sorted(several, key=lambda name: (-several[name], name))


def axes(subjects: Sequence[Subject], *given: str | None) -> list[str]:
    """The parameters to draw: those that were given, and for each None the next one that varies most.

    Raises:
        UnknownParameter: no run has a parameter of this name.
        InvalidInput: there are fewer parameters that vary than were left open.
    """
    known = sorted({name for subject in subjects for name in subject.params})
    for name in given:
        if name is not None and word("param", name) not in known:
            raise UnknownParameter(name, known)
    free = [name for name in varying(subjects) if name not in given]
    if given.count(None) > len(free):
        differ = f"differ in {', '.join(free)} only" if free else "differ in no other parameter"
        raise InvalidInput(f"these runs {differ}. Say which to draw; they have: {', '.join(known) or 'none'}.")
    return [free.pop(0) if name is None else name for name in given]


def together(subjects: Sequence[Subject]) -> str:
    """What is in the chart, for its title: ``SMA Crossover on IBM.NYSE, 25 runs``."""
    strategies = dict.fromkeys(subject.strategy for subject in subjects)
    instruments = dict.fromkeys(subject.instrument for subject in subjects)
    strategy = next(iter(strategies)) if len(strategies) == 1 else f"{len(strategies)} strategies"
    instrument = next(iter(instruments)) if len(instruments) == 1 else f"{len(instruments)} instruments"
    count = f"run {subjects[0].run_id[:8]}" if len(subjects) == 1 else f"{len(subjects)} runs"
    return f"{strategy} on {instrument}, {count}"


def labels(subjects: Sequence[Subject]) -> list[str]:
    """One per run: what sets it apart from the others, the start of its id, and its status unless it completed."""
    if len(subjects) == 1:
        return [together(subjects) + _ending(subjects[0])]
    return _labels(subjects, told(subjects))


def told(subjects: Sequence[Subject]) -> list[str]:
    """The varying parameters that have room in the labels of all runs, at most three."""
    names: list[str] = []
    for name in varying(subjects):
        if len(names) < _NAMED_PARAMS and max(map(len, _labels(subjects, [*names, name]))) <= _LABEL_LENGTH:
            names.append(name)
    return names


def _labels(subjects: Sequence[Subject], names: Sequence[str]) -> list[str]:
    strategies = {subject.strategy for subject in subjects}
    instruments = {subject.instrument for subject in subjects}
    found = []
    for subject in subjects:
        parts = [subject.strategy] if len(strategies) > 1 else []
        parts += [subject.instrument] if len(instruments) > 1 else []
        parts += [f"{name} {text(subject.params[name])}" for name in names if name in subject.params]
        short = subject.run_id[:8]
        found.append(", ".join([*parts, short if parts else f"run {short}"]) + _ending(subject))
    return found


def differences(subjects: Sequence[Subject], but: Sequence[str] = ()) -> list[str]:
    """A note of what is not the same in all runs, without `but`; none if all is."""
    found = [name for name in (*_differing(subjects), *varying(subjects)) if name not in but]
    return [f"these runs also differ in {', '.join(found)}"] if found else []


def _ending(subject: Subject) -> str:
    return "" if subject.status is Status.COMPLETED else f", {subject.status.value}"


def _differing(subjects: Sequence[Subject]) -> Iterator[str]:
    for name in ("strategy", "instrument"):
        if len({getattr(subject, name) for subject in subjects}) > 1:
            yield name
    for name in dict.fromkeys(name for subject in subjects for name in subject.terms):
        if len({subject.terms.get(name) for subject in subjects}) > 1:
            yield name


def text(value: Any) -> str:
    """A parameter's value as it is typed."""
    return json.dumps(value, sort_keys=True, ensure_ascii=False) if isinstance(value, list | dict) else str(value)


def ordered(values: Sequence[Any]) -> list[Any]:
    """Different values in order: numbers by size if all are numbers, else text by letters."""
    different = list({text(value): value for value in values}.values())
    return sorted(different, key=float) if numeric(different) else sorted(different, key=text)


def numeric(values: Sequence[Any]) -> bool:
    """Whether all are numbers, in text (``"0.5"``, as a Decimal is recorded) or not. True and False are not."""
    return all(not isinstance(value, bool) and _is_number(value) for value in values)


def _is_number(value: Any) -> bool:
    try:
        return abs(float(value)) < float("inf")
    except (TypeError, ValueError):
        return False
