"""How one saved run is shown: its card, and all that is known of it as a frame."""

from workbench.views.run_card import run_card
from workbench.views.run_facts import facts_frame

__all__ = ["facts_frame", "run_card"]
