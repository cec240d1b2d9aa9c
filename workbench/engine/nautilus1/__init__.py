"""The engine of NautilusTrader 1.x."""

from workbench.engine.nautilus1.execute import Progress, execute

__all__ = ["Progress", "execute"]
