"""What was asked of a verb → the plan of a run, with the session's catalog; and whether the same was run before."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from workbench.errors import Call, DatabaseUnavailable, DuplicateRun, InvalidInput
from workbench.verbs.run import Run
from workbench.verbs.session import Session

if TYPE_CHECKING:
    from workbench.config import RunConfig
    from workbench.engine import Spec


def plan_of_arguments(session: Session, strategy: str | type, **arguments: Any) -> Spec:
    """The plan of a strategy on an instrument.

    Raises:
        InvalidInput: in one of its kinds.
    """
    from workbench.plans import Request, resolve

    if arguments["instrument"] is None:
        raise InvalidInput("instrument is missing. ", Call("instruments"), " lists them.")
    return resolve(Request(strategy=strategy, **arguments), session.catalog)


def plan_of_config(session: Session, run_config: RunConfig, *, risk_free: float = 0.0) -> Spec:
    """The plan of a NautilusTrader configuration."""
    from workbench.plans.from_run_config import prepare_config

    return prepare_config(run_config, session.catalog, risk_free=risk_free)


def earlier_run(session: Session, plan: Spec, on_duplicate: str) -> Run | None:
    """The run to give back in place of a new one, if that was asked for; says what was run before.

    Raises:
        DuplicateRun: the same was run before, and that was to be refused.
    """
    from workbench.verbs.duplicates import notice, of_plan

    if on_duplicate == "ignore":
        return None
    try:
        earlier = of_plan(plan, session.database, completed=on_duplicate == "reuse")
    except DatabaseUnavailable:
        # a notice is not worth a run; whoever asked for more than one must know that it was not looked for
        if on_duplicate == "notice":
            return None
        raise
    if earlier is None or (on_duplicate != "notice" and not earlier.same):
        return None
    if on_duplicate == "reuse":
        return session.get(earlier.run_id)
    if on_duplicate == "raise":
        raise DuplicateRun(notice(earlier), session.get(earlier.run_id))
    session.tell(notice(earlier))
    return None
