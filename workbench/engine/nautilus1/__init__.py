"""The engine of NautilusTrader 1.x."""

from workbench.engine.nautilus1.engine import Nautilus1, NodeData

__all__ = ["Nautilus1", "NodeData"]
