"""Words for the trader: what is wrong, what is worth knowing. Always escaped, and announced by screen readers."""

from __future__ import annotations

from collections.abc import Callable
from typing import Literal

from ipywidgets import HTML

from workbench.display.html import escape
from workbench.errors import Call, Hint, WorkbenchError

type Kind = Literal["info", "warning", "error", "done"]


CONTROLS = {
    "details": "“Open” in the panel “Saved runs”",
    "history": "the panel “Saved runs”",
    "instruments": "the list “Instrument”",
    "strategies": "the list “Strategy”",
}
"""The control for each verb that a hint may name; for the others one types the call in a cell."""


def control_of(hint: Hint) -> str:
    """What a panel says for a hint: the control to use, else what one types in a cell of the notebook."""
    return CONTROLS.get(hint.verb, str(hint)) if isinstance(hint, Call) else str(hint)


class Notice:
    """One message at a time, none at first. The mark tells its kind without the colour."""

    MARKS = {"info": "", "warning": "⚠ ", "error": "✗ ", "done": "✓ "}  # noqa: RUF012

    def __init__(self) -> None:
        self.text = ""
        self.view = HTML()

    def say(self, text: str, kind: Kind = "info") -> None:
        """Show this in place of what was there; nothing for no text."""
        self.text = text
        role = "alert" if kind == "error" else "status"
        words = escape(self.MARKS[kind] + text)
        self.view.value = f"<div class='wb-notice wb-{kind}' role='{role}'>{words}</div>" if text else ""

    def around(self, work: Callable[[], None]) -> None:
        """Do what a control does; what it raises stands here in words, for a callback has nobody to raise it to."""
        try:
            work()
        except WorkbenchError as error:
            self.say(error.told(control_of), "error")
        except Exception as error:  # noqa: BLE001 - the alternative is a line in a log that nobody opens
            self.say(f"{type(error).__name__}: {error}", "error")
