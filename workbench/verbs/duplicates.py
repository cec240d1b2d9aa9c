"""Was the same thing run before? Asked before every run."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import asdict, dataclass, fields
from datetime import datetime
from typing import TYPE_CHECKING, Any

from workbench.config import Labels, Terms
from workbench.display.format import minute
from workbench.errors import Call, Message
from workbench.runs import Status

if TYPE_CHECKING:
    from workbench.engine import Spec
    from workbench.storage import Database


@dataclass(frozen=True, slots=True, kw_only=True)
class Earlier:
    """The nearest earlier run: ``kind`` says what of it was the same."""

    kind: str
    run_id: str
    started_at: datetime

    @property
    def same(self) -> bool:
        """Whether it is the very same: configuration, code and data."""
        return self.kind == "same"

    @property
    def text(self) -> str:
        """What was run before, and when."""
        what = "The same was run" if self.same else f"The same configuration was run with {self.kind}"
        return f"{what} on {minute(self.started_at)}, id {self.run_id[:8]}."


def of_plan(plan: Spec, database: Database, *, completed: bool) -> Earlier | None:
    """The nearest run of the same configuration: the very same before others, the newest first.

    With `completed`, one that is still running does not count.
    """
    from workbench.storage import list_duplicates

    earlier = list_duplicates(database, plan.fingerprint, ("run_id", "started_at", "status"), limit=20)
    for row in earlier.to_pylist():
        if not completed or row["status"] == Status.COMPLETED.value:
            return Earlier(kind=row["kind"], run_id=row["run_id"], started_at=row["started_at"])
    return None


def notice(earlier: Earlier) -> Message:
    """One line: what was run before, when, and how to see it."""
    return Message(f"{earlier.text} See it: ", Call("get", (earlier.run_id[:8],)))


def run_arguments(arguments: Mapping[str, Any]) -> tuple[dict[str, Any], dict[str, Any], dict[str, Any]]:
    """Take the arguments of a run apart: those of a `Request`, the labels, and the strategy's own parameters.

    Those that do not change what a run is (how it is shown, measured, or what is done about duplicates) are dropped.
    """
    terms = {field.name for field in fields(Terms)}
    request: dict[str, Any] = {name: arguments.get(name) for name in ("instrument", "bar", "start", "end")}
    request |= {"risk_free": 0.0, "terms": Terms(**{name: arguments[name] for name in terms if name in arguments})}
    labels: dict[str, Any] = {name: arguments.get(name, default) for name, default in asdict(Labels()).items()}
    beside = {*request, *terms, *labels, "progress", "on_duplicate"}
    return request, labels, {name: value for name, value in arguments.items() if name not in beside}
