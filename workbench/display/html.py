"""HTML is written with these: whatever a user named is escaped here, and nowhere else."""

from __future__ import annotations

import html
from collections.abc import Iterable


def escape(text: str) -> str:
    """Escape text for an element or for an attribute in quotes of either kind."""
    return html.escape(text)


def items(texts: Iterable[str]) -> str:
    """Build a list with one escaped item per text; the empty string if there are none."""
    lines = "".join(f"<li>{escape(text)}</li>" for text in texts)
    return f"<ul>{lines}</ul>" if lines else ""


def title(text: str | None, longest: int = 1000) -> str:
    """Build the attribute that shows the first `longest` characters of a text under the mouse; empty for no text."""
    return f" title='{escape(text[:longest])}'" if text else ""
