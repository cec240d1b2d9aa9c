"""Engines: what runs a spec. Which one it is, this file alone says."""

from __future__ import annotations

from workbench.engine.protocol import Engine, Progress
from workbench.engine.setup import Component, Finished, Native, Setup, UserEngine
from workbench.engine.spec import Spec

__all__ = [
    "Component",
    "Engine",
    "Finished",
    "Native",
    "Progress",
    "Setup",
    "Spec",
    "UserEngine",
    "default_engine",
    "engine_version",
    "native",
]


def default_engine() -> Engine:
    """The engine that runs every spec: NautilusTrader 1.x."""
    from workbench.engine.nautilus1 import Nautilus1

    return Nautilus1()


def native() -> Native:
    """What reads and writes the default engine's own configurations and engines."""
    from workbench.engine.nautilus1 import native

    return native


def engine_version() -> dict[str, str]:
    """The engine's name and version."""
    return native().version()
