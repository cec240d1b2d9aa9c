"""Whether a run came out the same, where it parts from another, and why."""

from workbench.reproduction.causes import Cause
from workbench.reproduction.changes import Changes, changes
from workbench.reproduction.evidence import Evidence
from workbench.reproduction.first_divergence import Divergence
from workbench.reproduction.verdict import ADAPTED, OVERRIDE, Verdict, judge

__all__ = ["ADAPTED", "OVERRIDE", "Cause", "Changes", "Divergence", "Evidence", "Verdict", "changes", "judge"]
