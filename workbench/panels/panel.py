"""What every panel has: a view that Jupyter shows, and a line of text where there is no widget."""

from __future__ import annotations

import weakref
from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

from ipywidgets import HTML, VBox, Widget

from workbench.display.html import escape
from workbench.display.stylesheet import PANEL
from workbench.panels.cells import this_execution


class PanelClosed(AttributeError):
    """What was asked of a panel went with its controls."""


class Panel:
    """The view with its heading. `run` is the run that the panel shows or made last, None before the first.

    A panel stays until it is closed, or until its cell makes another one like it in its place.
    """

    def __init__(self, title: str, name: str) -> None:
        self._title = title
        self._made_in = this_execution()
        self.view = VBox([HTML(f"{PANEL}<h4>{escape(title)}</h4>")])
        self.view.add_class("wb-panel").add_class(f"wb-{name}")
        self._replace_earlier()

    def close(self) -> None:
        """Take the panel off the screen and let go of its controls; `run` stays, and a run under way goes on."""
        if self not in _OPEN:
            return
        _OPEN.remove(self)
        self._leave()
        let_go(self.view)
        # the notebook keeps what a cell has shown, as Out[3]: it must not keep the controls by that
        for name in vars(self).keys() - {"_title", "run"}:
            delattr(self, name)

    def _leave(self) -> None:
        """What else is to be done when the panel is closed."""

    def _replace_earlier(self) -> None:
        for panel in list(_OPEN):
            if type(panel) is type(self) and self._made_in and self._made_in.replaces(panel._made_in):
                panel.close()
        _OPEN.add(self)

    def fill(self, parts: Sequence[Any]) -> None:
        """Put these below the heading."""
        self.view.children = (self.view.children[0], *parts)

    def __repr__(self) -> str:
        return f"<Panel: {self._title}{'' if self in _OPEN else ', closed'}>"

    if not TYPE_CHECKING:

        def __getattr__(self, name: str) -> Any:
            """Asked only for what is not there."""
            if name.startswith("__") or self in _OPEN:
                raise AttributeError(f"{type(self).__name__!r} object has no attribute {name!r}")
            raise PanelClosed(f"this panel is closed, and {name!r} with it. Run its cell again.")

    def _repr_mimebundle_(self, **options: Any) -> dict[str, Any]:
        if self not in _OPEN:
            return {"text/plain": repr(self)}
        return {**self.view._repr_mimebundle_(**options), "text/plain": repr(self)}


_OPEN: weakref.WeakSet[Panel] = weakref.WeakSet()


def let_go(part: Widget) -> None:
    """Close a control and all that it is made of: every open one is kept for as long as the process lives."""
    for name in part.keys:
        value = getattr(part, name)
        for inner in value if isinstance(value, tuple | list) else (value,):
            if isinstance(inner, Widget):
                let_go(inner)
    part.close()


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
