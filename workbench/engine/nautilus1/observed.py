"""A user's own engine, after its run, as an `Engine`: to run it is to look at what it did."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from workbench.catalog import Catalog, Feed
from workbench.engine.nautilus1.results import harvest
from workbench.engine.protocol import Progress
from workbench.engine.spec import Spec
from workbench.runs import Result, RunWarning


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Observed:
    """A `BacktestEngine` and what is known of it; `expected` and `ended` as in `harvest`."""

    engine: Any
    feeds: Sequence[Feed]
    expected: int | None
    ended: BaseException | None
    warnings: Sequence[RunWarning]

    def load(self, spec: Spec, catalog: Catalog) -> None:
        """Nothing to read."""

    def run(self, spec: Spec, data: Any, progress: Progress | None = None) -> Result:  # noqa: ARG002
        """What the engine did."""
        return harvest(
            self.engine,
            self.feeds,
            currency=spec.snapshot.venue.currency,
            expected=self.expected,
            ended=self.ended,
            known=self.warnings,
        )
