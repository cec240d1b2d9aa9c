"""The pandas frame that shows a comparison. Imported on first use only: pandas is heavy."""

from __future__ import annotations

from typing import Any, ClassVar, Self

import numpy as np
import pandas as pd

from workbench.comparison.columns import COLUMNS, texts
from workbench.comparison.html import html, with_notes
from workbench.comparison.rows import Comparison


class ComparisonFrame(pd.DataFrame):
    """A frame of `compare`. What is made from it is a plain frame, which keeps the notes in ``attrs["notes"]``."""

    _metadata: ClassVar[list[str]] = ["comparison"]
    comparison: Comparison

    @classmethod
    def of(cls, comparison: Comparison) -> Self:
        """pandas constructs frames in ways of its own, so the constructor stays as it is."""
        frame = cls(_plain(comparison))
        frame.comparison = comparison
        frame.attrs["notes"] = list(comparison.notes)
        return frame

    @property
    def notes(self) -> tuple[str, ...]:
        """Where the numbers of the runs do not mean the same."""
        return self.comparison.notes

    def _is_as_made(self) -> bool:
        # a frame that was changed in place is shown as it is now
        return self.equals(_plain(self.comparison))

    def _repr_html_(self) -> Any:
        return html(self.comparison) if self._is_as_made() else super()._repr_html_()  # type: ignore[misc]

    def __repr__(self) -> str:
        return with_notes(super().__repr__(), self.notes)


def _plain(comparison: Comparison) -> pd.DataFrame:
    names, values = texts(comparison)
    text, size = pd.array(values, dtype="str"), len(comparison.rows)
    columns: dict[str, Any] = {name: text[at * size : (at + 1) * size] for at, name in enumerate(names)}
    columns["differs"] = np.array([row.differs for row in comparison.rows], dtype=bool)
    return pd.DataFrame(columns, columns=[*COLUMNS, *comparison.run_ids])
