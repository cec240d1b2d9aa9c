"""The one room that runs NautilusTrader 1.x."""

from workbench.engine.execute import Progress, execute

__all__ = ["Progress", "execute"]
