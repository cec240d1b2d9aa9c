"""A comparison as plain columns. The place of their names and types."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from workbench.frames import Kind, from_arrow

if TYPE_CHECKING:
    from workbench.comparison.rows import Comparison

COLUMNS = ("section", "name", "differs", "best")
"""Before the columns of the runs."""


def plain_frame(comparison: Comparison, kind: Kind) -> Any:
    """A row per metric, setting and parameter; the same columns and types where there is none."""
    import pyarrow as pa

    rows, run_ids = comparison.rows, comparison.run_ids
    text = pa.string()
    columns = {
        "section": pa.array([row.section for row in rows], text),
        "name": pa.array([row.name for row in rows], text),
        "differs": pa.array([row.differs for row in rows], pa.bool_()),
        "best": pa.array([", ".join(run_ids[position] for position in row.best) for row in rows], text),
    }
    runs = {run_id: pa.array([row.cells[n].text for row in rows], text) for n, run_id in enumerate(run_ids)}
    return from_arrow(pa.table(columns | runs), kind)
