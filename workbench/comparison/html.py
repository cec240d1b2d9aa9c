"""How a comparison looks in Jupyter. Everything is escaped, and nothing is told by colour."""

from __future__ import annotations

from collections.abc import Sequence
from itertools import groupby
from typing import TYPE_CHECKING

from workbench.comparison.values import cut
from workbench.display.html import escape, items, title
from workbench.display.stylesheet import COMPARISON

if TYPE_CHECKING:
    from workbench.comparison.rows import Comparison, Row

BEST, DIFFERS = "★", "≠"


def html(comparison: Comparison) -> str:
    """A table with its sections as groups of rows, and the notes below. The same comparison has the same text."""
    width = len(comparison.run_ids) + 2
    heads = "".join(
        f"<th scope='col' title='{escape(run_id)}'>{escape(shown)}<small>{escape(cut(strategy))}</small></th>"
        for run_id, shown, strategy in zip(comparison.run_ids, comparison.short_ids, comparison.strategies, strict=True)
    )
    groups = "".join(
        f"<tbody><tr><th class='wb-section' scope='rowgroup' colspan='{width}'>{escape(section.capitalize())}</th></tr>"
        f"{''.join(_line(row) for row in rows)}</tbody>"
        for section, rows in groupby(comparison.rows, key=lambda row: row.section)
    )
    none = (
        ""
        if comparison.rows
        else f"<tbody><tr><th class='wb-name' colspan='{width}'>The runs do not differ.</th></tr></tbody>"
    )
    return (
        f"{COMPARISON}<div class='wb-compare'><table><thead><tr><th></th>"
        f"<th class='wb-mark' title='differs'>{DIFFERS}</th>"
        f"{heads}</tr></thead>{groups}{none}</table>"
        f"<p>{BEST} best of its row &ensp; {DIFFERS} the runs differ</p>{items(comparison.notes)}</div>"
    )


def _line(row: Row) -> str:
    name = title(row.name) if row.name != row.label else ""
    cells = "".join(
        _cell(shown, value, best=position in row.best)
        for position, (shown, value) in enumerate(zip(row.shown, row.values, strict=True))
    )
    mark = DIFFERS if row.differs else ""
    return (
        f"<tr><th class='wb-name' scope='row'{name}>{escape(row.label)}</th><td class='wb-mark'>{mark}</td>{cells}</tr>"
    )


def _cell(shown: str, value: str, *, best: bool) -> str:
    whole = title(value) if value != shown else ""
    if best:
        return f"<td class='wb-best'{whole}>{BEST} <strong>{escape(shown)}</strong></td>"
    return f"<td{whole}>{escape(shown)}</td>"


def with_notes(text: str, notes: Sequence[str]) -> str:
    """The text of a frame with the notes below it."""
    return "\n".join([text, *(f"- {note}" for note in notes)])
