"""What every panel has: a view that Jupyter shows, and a line of text where there is no widget."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from ipywidgets import HTML, VBox

from workbench.display.html import escape
from workbench.display.stylesheet import PANEL


class Panel:
    """The view with its heading. `run` is the run that the panel shows or made last, None before the first."""

    def __init__(self, title: str, name: str) -> None:
        self._title = title
        self.view = VBox([HTML(f"{PANEL}<h4>{escape(title)}</h4>")])
        self.view.add_class("wb-panel").add_class(f"wb-{name}")

    def fill(self, parts: Sequence[Any]) -> None:
        """Put these below the heading."""
        self.view.children = (self.view.children[0], *parts)

    def __repr__(self) -> str:
        return f"<Panel: {self._title}>"

    def _repr_mimebundle_(self, **options: Any) -> dict[str, Any]:
        return {**self.view._repr_mimebundle_(**options), "text/plain": repr(self)}


def row(*parts: Any) -> Any:
    """Controls side by side, in as many lines as they need."""
    from ipywidgets import Box

    return Box(parts).add_class("wb-row")


def offer(dropdown: Any, options: Sequence[tuple[str, Any]]) -> bool:
    """Put other options into a dropdown. Says whether what was chosen had to give way to the first of them.

    On the way the dropdown tells its observers of a value that nobody chose; `dropdown.disabled` is True meanwhile.
    """
    chosen = dropdown.value
    values = [value for _, value in options]
    dropdown.disabled = True
    dropdown.options = options
    kept = chosen in values
    dropdown.value = chosen if kept else next(iter(values), None)
    dropdown.disabled = False
    return not kept


def show(part: Any, *, when: bool) -> None:
    """Show a part of a panel, or take it out of sight and out of the way of the keyboard."""
    part.remove_class("wb-hidden") if when else part.add_class("wb-hidden")
