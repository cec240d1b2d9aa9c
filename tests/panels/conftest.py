"""Panels without a browser: controls are pressed as the front end would, runs and record are real."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from workbench import workers


@pytest.fixture(autouse=True, scope="module")
def no_process_is_left() -> Iterator[None]:
    """The process that a panel prepared for its next run is ended with the tests of a file."""
    yield
    workers.dismiss()
