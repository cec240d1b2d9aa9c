"""What the run shall be called, folded away: a name, tags, a note."""

from __future__ import annotations

from collections.abc import Collection
from typing import Any

from ipywidgets import Accordion

from workbench.panels.form import Form
from workbench.strategies import Parameter

LABELS = (
    Parameter(name="name", type="str", default="", help="what you call the run"),
    Parameter(name="tags", type="str", default="", help="to find it by: ema, daily"),
    Parameter(name="note", type="str", default="", help="what you want to remember"),
)


class LabelsForm:
    """The labels of a run. They change nothing of what it is, so nothing has to be checked before it starts."""

    def __init__(self) -> None:
        self.form = Form(lambda: None)
        self.view = Accordion([self.form.view], titles=("Name, tags, note",), selected_index=None)
        self.view.add_class("wb-labels")
        self.leave_to(())

    def leave_to(self, parameters: Collection[str]) -> None:
        """Show the fields that no parameter of the strategy shares its name with: that one comes first."""
        self.form.show([label for label in LABELS if label.name not in parameters], self.form.values())

    def arguments(self) -> dict[str, Any]:
        """As `Workbench.run` takes them; an empty field is left out."""
        typed = {name: value.strip() for name, value in self.form.values().items() if value.strip()}
        if "tags" in typed:
            typed["tags"] = [tag for tag in map(str.strip, typed["tags"].split(",")) if tag]
        return typed
