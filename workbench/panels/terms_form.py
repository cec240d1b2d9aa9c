"""Costs, account and chance, folded away: most runs take them as they are."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from ipywidgets import Accordion

from workbench.panels.form import Form
from workbench.strategies import Parameter

TERMS = (
    Parameter(name="fees", type="amount", help="0.001 for 0.1 %, 1 USD per order; empty: the instrument's"),
    Parameter(name="slippage", type="float", default=0.0, help="chance of a fill one tick worse", minimum=0, maximum=1),
    Parameter(name="seed", type="int | None", help="of the chance; empty: drawn and recorded"),
    Parameter(name="leverage", type="float", default=1.0, help="of a margin account", minimum=1),
    Parameter(name="account", type="choice", default="margin", choices=("margin", "cash")),
    Parameter(name="oms", type="choice", default="netting", choices=("netting", "hedging"), help="positions"),
    Parameter(name="risk_free", type="float", default=0.0, help="rate a year, 0.02 for 2 %"),
)


class Terms:
    """The arguments of a run beside market and parameters."""

    def __init__(self, changed: Callable[[], None]) -> None:
        self.form = Form(changed)
        self.form.show(TERMS)
        self.view = Accordion([self.form.view], titles=("Costs, account, chance",), selected_index=None)
        self.view.add_class("wb-terms")

    def arguments(self) -> dict[str, Any]:
        """As `Workbench.run` takes them."""
        return self.form.values()
