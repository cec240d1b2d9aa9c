"""Every run reconciles or says so: its results set against what the engine's own accounts and positions say."""

from workbench.reconciliation.identities import differences

__all__ = ["differences"]
