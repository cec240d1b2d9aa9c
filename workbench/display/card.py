"""How one thing is shown: a card in Jupyter, the same as text in a terminal. Everything is escaped."""

from __future__ import annotations

import html
from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import datetime

# JupyterLab floats every dt of an output to the left of its dd
_STYLE = """
<style>
.wb-card{border:1px solid var(--jp-border-color2,#c8c8c8);border-radius:6px;padding:.6em .9em;max-width:66em;
 font:13px/1.45 var(--jp-ui-font-family,system-ui,sans-serif);color:var(--jp-content-font-color1,inherit)}
.wb-card h4{margin:0 0 .1em;font-size:15px}.wb-card .wb-sub{opacity:.75;margin-bottom:.5em}
.wb-card dl{display:grid;grid-template-columns:repeat(auto-fill,minmax(15em,1fr));gap:.35em 1em;margin:0}
.wb-card dt,.wb-card dd{display:block;float:none;width:auto;margin:0;padding:0}
.wb-card dt{opacity:.7;font-weight:400}.wb-card dd{font-variant-numeric:tabular-nums;font-weight:600}
.wb-card ul{margin:.5em 0 0;padding-left:1.2em}.wb-card code{font-size:12px}
</style>"""


@dataclass(frozen=True, slots=True, kw_only=True)
class Card:
    """A title, a line below it, labelled facts and notes, all of it already words."""

    title: str
    subtitle: str
    facts: Sequence[tuple[str, str]]
    notes: Sequence[str] = field(default=())

    def html(self) -> str:
        """For Jupyter; in the colours of its theme."""
        facts = "".join(
            f"<div><dt>{html.escape(label)}</dt><dd>{html.escape(value)}</dd></div>" for label, value in self.facts
        )
        notes = "".join(f"<li>{html.escape(note)}</li>" for note in self.notes)
        return (
            f"{_STYLE}<div class='wb-card'><h4>{html.escape(self.title)}</h4>"
            f"<div class='wb-sub'>{html.escape(self.subtitle)}</div><dl>{facts}</dl>"
            f"{f'<ul>{notes}</ul>' if notes else ''}</div>"
        )

    def text(self) -> str:
        """For a terminal: one fact a line."""
        width = max((len(label) for label, _ in self.facts), default=0)
        facts = [f"  {label:<{width}}  {value}" for label, value in self.facts]
        return "\n".join([self.title, self.subtitle, *facts, *(f"  - {note}" for note in self.notes)])


def number(value: float | None, unit: str, currency: str = "") -> str:
    """A metric as people read it; a dash where it is undefined.

    ``fraction`` becomes percent, ``money`` gets thousands and its currency, ``ratio`` two decimals.
    """
    if value is None:
        return "–"
    if unit == "fraction":
        return f"{value:.2%}"
    if unit == "money":
        return f"{value:,.2f} {currency}".rstrip()
    return f"{value:,.0f}" if unit == "count" else f"{value:.2f}"


def day(value: datetime) -> str:
    """The date, and the time of day where it is not an end of the day."""
    text = value.isoformat(sep=" ", timespec="minutes")[:16]
    return text[:10] if text.endswith(("00:00", "23:59")) else text
