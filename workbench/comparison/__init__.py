"""Runs side by side: what differs, which is best, and where the numbers do not mean the same.

    frame = compare([(record, snapshot), (record, snapshot)], only_differences=True)

Records and snapshots → `Comparison` (plain values) → a frame that shows itself as a marked table in Jupyter.
"""

from __future__ import annotations

from collections.abc import Sequence
from types import MappingProxyType
from typing import TYPE_CHECKING, Any

from workbench.comparison.columns import COLUMNS
from workbench.comparison.rows import Comparison, Row, check_number, side_by_side

if TYPE_CHECKING:
    from workbench.config import Snapshot
    from workbench.frames import FrameKind
    from workbench.metrics import Declarations
    from workbench.runs import Record


def compare(
    runs: Sequence[tuple[Record, Snapshot]],
    *,
    only_differences: bool = False,
    saved: Declarations = MappingProxyType({}),
    kind: FrameKind = "pandas",
) -> Any:
    """Put 2 to 10 runs side by side, in the order given: a row per metric, setting and parameter.

    `saved` tells how metrics are read that this session has not registered.

    Returns:
        A frame of `COLUMNS` and a column per run, named by its full id, with its values as text in full. It has the
        `notes`, and the `Comparison` itself as `comparison`; what is made from it is a plain frame.

    Raises:
        InvalidInput: fewer than two runs, more than ten, or one given twice.
    """
    comparison = side_by_side(runs, only_differences=only_differences, saved=saved)
    if kind == "polars":
        from workbench.comparison.polars_frame import ComparisonFrame as OfPolars

        return OfPolars(comparison)
    from workbench.comparison.pandas_frame import ComparisonFrame as OfPandas

    return OfPandas.of(comparison)


__all__ = ["COLUMNS", "Comparison", "Row", "check_number", "compare", "side_by_side"]
