"""What changed between two runs, as frames."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from itertools import zip_longest
from typing import TYPE_CHECKING, Any

from workbench import frames
from workbench.display.html import escape
from workbench.frames import COUNT, NUMBER, TEXT, TIME, FrameKind
from workbench.reproduction.causes import NOWHERE, Cause, surroundings
from workbench.reproduction.evidence import Evidence
from workbench.reproduction.verdict import Verdict, judge

if TYPE_CHECKING:
    import pyarrow as pa

FRAMES = ("configuration", "code", "data", "environment", "trades")
CHANGED = {"name": TEXT, "before": TEXT, "after": TEXT}
CODE = {**CHANGED, "diff": TEXT}
TRADED = {
    "instrument_id": TEXT,
    "side": TEXT,
    "quantity": NUMBER,
    "entry_time": TIME,
    "entry_price": NUMBER,
    "exit_time": TIME,
    "exit_price": NUMBER,
    "pnl": NUMBER,
}
TRADES = {"number": COUNT} | {f"{name}_{which}": kind for which in ("before", "after") for name, kind in TRADED.items()}


@dataclass(frozen=True, slots=True, kw_only=True, repr=False)
class Changes[F]:
    """What changed from one run to another: a frame for each kind of thing, without a row where nothing differs.

    `configuration`, `data` and `environment` have name, before and after; `code` the unified diff as well. `trades` has
    every trade from the first that differs, those of the one run beside those of the other. `verdict` is the same
    in words.
    """

    verdict: Verdict
    configuration: F
    code: F
    data: F
    environment: F
    trades: F

    def __repr__(self) -> str:
        return f"<Changes {', '.join(f'{name} {len(getattr(self, name))}' for name in FRAMES)}>"

    def __str__(self) -> str:
        return str(self.verdict)

    def _repr_pretty_(self, printer: Any, cycle: bool) -> None:
        printer.text(repr(self) if cycle else f"{self!r}\n{self.verdict}")

    def _repr_html_(self) -> str:
        return f"<p>{escape(repr(self))}</p>{self.verdict._repr_html_()}"


def changes(before: Evidence, after: Evidence, kind: FrameKind) -> Changes[Any]:
    """Compare two runs, of which neither need be a re-run of the other."""
    verdict = judge(before, after)

    def of(*kinds: str) -> list[Cause]:
        return [cause for cause in verdict.causes if cause.kind in kinds]

    return Changes(
        verdict=verdict,
        configuration=_frame(of("configuration", "seed"), kind),
        code=frames.build(CODE, [(one.name, one.before, one.after, one.diff) for one in of("code")], kind),
        data=_frame(of("data"), kind),
        environment=frames.build(CHANGED, _surroundings(before, after), kind),
        trades=frames.build(TRADES, _trades(before.trades, after.trades, verdict), kind),
    )


def _frame(causes: Sequence[Cause], kind: FrameKind) -> Any:
    return frames.build(CHANGED, [(one.name, one.before, one.after) for one in causes], kind)


def _surroundings(before: Evidence, after: Evidence) -> list[tuple[str, str, str]]:
    """Versions, commit and notebook: more than can be the cause of a difference."""
    one, two = surroundings(before), surroundings(after)
    pairs = ((name, one.get(name, NOWHERE), two.get(name, NOWHERE)) for name in sorted({*one, *two}))
    return [pair for pair in pairs if pair[1] != pair[2]]


def _trades(before: pa.Table, after: pa.Table, verdict: Verdict) -> list[tuple[Any, ...]]:
    if verdict.divergence is None or verdict.divergence.what != "trade":
        return []
    first = verdict.divergence.number - 1
    rows = zip_longest(before.slice(first).to_pylist(), after.slice(first).to_pylist())
    return [(first + 1 + at, *_side(one), *_side(two)) for at, (one, two) in enumerate(rows)]


def _side(row: Mapping[str, Any] | None) -> list[Any]:
    return [None if row is None else row[name] for name in TRADED]
