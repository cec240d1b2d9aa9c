"""A user's own engine, after its run → a spec, and an engine that looks at it."""

from __future__ import annotations

from dataclasses import replace
from typing import Any
from uuid import uuid4

from workbench import config
from workbench.catalog import Catalog
from workbench.engine import Engine, Spec, engine_version, native
from workbench.plans.from_run_config import Used, info_of, once, snapshot_of, use_of


def prepare_engine(
    engine: Any, catalog: Catalog, *, risk_free: float = 0.0, ended: BaseException | None = None
) -> tuple[Spec, Engine]:
    """Look at an engine that has run: what can be known of its configuration and data, and itself as an `Engine`.

    Args:
        engine: a `BacktestEngine`, not disposed; it is left as it is.
        ended: what was raised inside its run, if something was.

    Raises:
        InvalidInput: no such engine, or one that has not run.
    """
    finished = native().read_engine(engine, catalog, ended)
    used = [use_of(component) for component in finished.setup.components]
    if finished.unlike:
        used[0] = _unlike(used[0])
    version = engine_version() | ({"lacks": finished.lacks} if finished.lacks else {})
    snapshot = snapshot_of(finished.setup, used, version, risk_free)
    spec = Spec(
        info=info_of(snapshot.strategy),
        snapshot=snapshot,
        fingerprint=config.fingerprint(snapshot),
        sources=once(file for _, files in used for file in files),
        months=finished.setup.months,
        ran=finished.ran,
    )
    return spec, finished.engine


def _unlike(used: Used) -> Used:
    """The same with code that never equals another run's: of what it is set up with, something cannot be known."""
    use, files = used
    return replace(use, code={**use.code, "unknown": f"unknown {uuid4()}"}), files
