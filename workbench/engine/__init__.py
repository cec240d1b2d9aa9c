"""Engines: what runs a spec."""

from __future__ import annotations

from workbench.engine.protocol import Engine, Progress
from workbench.engine.spec import Spec

__all__ = ["Engine", "Progress", "Spec", "default_engine", "engine_version"]


def default_engine() -> Engine:
    """The engine that runs every spec: NautilusTrader 1.x."""
    from workbench.engine.nautilus1 import Nautilus1

    return Nautilus1()


def engine_version() -> dict[str, str]:
    """The engine's name and version."""
    from workbench.engine.nautilus1.venue import version

    return version()
