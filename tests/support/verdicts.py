"""The verdict of a run that was re-run."""

from __future__ import annotations

from workbench import Run
from workbench.reproduction import Verdict


def verdict_of(run: Run) -> Verdict:
    """The verdict, which a run that repeats no other does not have."""
    assert run.verdict is not None
    return run.verdict
