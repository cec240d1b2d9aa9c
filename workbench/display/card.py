"""How one thing is shown: a card in Jupyter, the same as text in a terminal. Everything is escaped."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field

from workbench.display.html import escape, items
from workbench.display.stylesheet import CARD


@dataclass(frozen=True, slots=True, kw_only=True)
class Card:
    """A title, a line below it, labelled facts and notes, all of it already words."""

    title: str
    subtitle: str
    facts: Sequence[tuple[str, str]]
    notes: Sequence[str] = field(default=())

    def html(self) -> str:
        """For Jupyter; in the colours of its theme."""
        facts = "".join(f"<div><dt>{escape(label)}</dt><dd>{escape(value)}</dd></div>" for label, value in self.facts)
        return (
            f"{CARD}<div class='wb-card'><h4>{escape(self.title)}</h4>"
            f"<div class='wb-sub'>{escape(self.subtitle)}</div><dl>{facts}</dl>"
            f"{items(self.notes)}</div>"
        )

    def text(self) -> str:
        """For a terminal: one fact a line."""
        width = max((len(label) for label, _ in self.facts), default=0)
        facts = [f"  {label:<{width}}  {value}" for label, value in self.facts]
        return "\n".join([self.title, self.subtitle, *facts, *(f"  - {note}" for note in self.notes)])
