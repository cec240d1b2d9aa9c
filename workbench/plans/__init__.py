"""What was asked for → a `Spec` of what will run, checked; and its execution."""

from workbench.engine import Spec
from workbench.plans.from_request import Request, resolve, resolve_all

__all__ = ["Request", "Spec", "resolve", "resolve_all"]
