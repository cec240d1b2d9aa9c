"""No test finds a process that another one, or a panel of another file, has prepared."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from workbench.workers import dismiss


@pytest.fixture(autouse=True)
def _no_spare_process() -> Iterator[None]:
    dismiss()
    yield
    dismiss()
