"""A comparison as plain columns. The place of their names."""

from __future__ import annotations

from itertools import chain
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from workbench.comparison.rows import Comparison

COLUMNS = ("section", "name", "differs", "best")
"""Before the columns of the runs."""


def texts(comparison: Comparison) -> tuple[list[str], list[str]]:
    """The names of all columns of text, and their values one column after the other.

    To make one long column of text and cut it takes half as long as to make many.
    """
    rows, run_ids = comparison.rows, comparison.run_ids
    names = [*(name for name in COLUMNS if name != "differs"), *run_ids]
    best = [", ".join([run_ids[position] for position in row.best]) for row in rows]
    runs = chain(*zip(*[row.values for row in rows], strict=True))
    return names, [*[row.section for row in rows], *[row.name for row in rows], *best, *runs]
