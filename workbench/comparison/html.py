"""How a comparison looks in Jupyter. Everything is escaped, and nothing is told by colour."""

from __future__ import annotations

from collections.abc import Sequence
from html import escape
from itertools import groupby
from typing import TYPE_CHECKING

from workbench.comparison.values import cut

if TYPE_CHECKING:
    from workbench.comparison.rows import Comparison, Row

BEST, DIFFERS = "★", "≠"
LONGEST_TITLE = 1000
"""Characters of a value that show under the mouse."""

# JupyterLab sets cells to the right and paints every other row; the colours are those of its theme
_STYLE = """
<style>
.wb-compare{overflow-x:auto;font:13px/1.45 var(--jp-ui-font-family,system-ui,sans-serif);
 color:var(--jp-content-font-color1,inherit)}
.wb-compare table{border-collapse:collapse;margin:0;font-size:13px;color:inherit}
.wb-compare table th,.wb-compare table td{text-align:right;vertical-align:top;padding:.2em .7em;max-width:24em;
 overflow-wrap:break-word;border:0;font-weight:400;font-variant-numeric:tabular-nums}
.wb-compare table thead th{font-weight:600;white-space:nowrap;border-bottom:1px solid var(--jp-border-color1,#8888)}
.wb-compare table th small{display:block;font-weight:400;white-space:normal}
.wb-compare table tbody th.wb-name{text-align:left;white-space:nowrap}
.wb-compare table tbody th.wb-section{text-align:left;font-weight:600;padding-top:.7em;
 border-bottom:1px solid var(--jp-border-color2,#8884)}
.wb-compare table tr .wb-mark{padding:.2em 0;text-align:center}
.wb-compare table td.wb-best{font-weight:700;white-space:nowrap}
.wb-compare p{margin:.5em 0 0}.wb-compare ul{margin:.3em 0 0;padding-left:1.2em}
</style>"""


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
    notes = "".join(f"<li>{escape(note)}</li>" for note in comparison.notes)
    return (
        f"{_STYLE}<div class='wb-compare'><table><thead><tr><th></th><th class='wb-mark' title='differs'>{DIFFERS}</th>"
        f"{heads}</tr></thead>{groups}{none}</table>"
        f"<p>{BEST} best of its row &ensp; {DIFFERS} the runs differ</p>{f'<ul>{notes}</ul>' if notes else ''}</div>"
    )


def _line(row: Row) -> str:
    name = f" title='{escape(row.name)}'" if row.name != row.label else ""
    cells = "".join(
        _cell(shown, value, best=position in row.best)
        for position, (shown, value) in enumerate(zip(row.shown, row.values, strict=True))
    )
    mark = DIFFERS if row.differs else ""
    return (
        f"<tr><th class='wb-name' scope='row'{name}>{escape(row.label)}</th><td class='wb-mark'>{mark}</td>{cells}</tr>"
    )


def _cell(shown: str, value: str, *, best: bool) -> str:
    whole = f" title='{escape(value[:LONGEST_TITLE])}'" if value and value != shown else ""
    if best:
        return f"<td class='wb-best'{whole}>{BEST} <strong>{escape(shown)}</strong></td>"
    return f"<td{whole}>{escape(shown)}</td>"


def with_notes(text: str, notes: Sequence[str]) -> str:
    """The text of a frame with the notes below it."""
    return "\n".join([text, *(f"- {note}" for note in notes)])
