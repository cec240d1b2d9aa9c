"""Costs, account and chance, folded away: most runs take them as they are."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from ipywidgets import Accordion

from workbench.config import TERMS
from workbench.panels.form import Form
from workbench.strategies import Parameter

FIELDS = tuple(
    Parameter(
        name=term.name,
        type=term.type,
        default=float(term.default) if term.type == "float" and isinstance(term.default, int) else term.default,
        minimum=term.minimum,
        maximum=term.maximum,
        choices=term.choices,
        help=term.help,
    )
    for term in TERMS.values()
    if term.name != "capital"  # stands beside the period, in the form of the market
)


class TermsForm:
    """The arguments of a run beside market and parameters."""

    def __init__(self, changed: Callable[[], None]) -> None:
        self.form = Form(changed)
        self.form.show(FIELDS)
        self.view = Accordion([self.form.view], titles=("Costs, account, chance",), selected_index=None)
        self.view.add_class("wb-terms")

    def arguments(self) -> dict[str, Any]:
        """As `Workbench.run` takes them."""
        return self.form.values()
