"""A comparison as plain columns. The place of their names and types."""

from __future__ import annotations

from itertools import chain
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
    names = [*COLUMNS, *run_ids]
    best = [", ".join([run_ids[position] for position in row.best]) for row in rows]
    runs = chain(*zip(*[row.values for row in rows], strict=True))
    # all text at once, and then cut: it takes half as long as column by column
    text = pa.array([*[row.section for row in rows], *[row.name for row in rows], *best, *runs], pa.string())
    columns = [text.slice(at * len(rows), len(rows)) for at in range(len(names) - 1)]
    columns.insert(names.index("differs"), pa.array([row.differs for row in rows], pa.bool_()))
    return from_arrow(pa.table(columns, names), kind)
