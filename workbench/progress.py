"""A progress bar for whoever waits: nothing in the first second, then bars done and time left."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager


@contextmanager
def bar(title: str, *, shown: bool, unit: str = "bars") -> Iterator[Callable[[int, int], None] | None]:
    """Give a function to call with bars, or another `unit`, done and in all; None where nobody looks.

    A widget in Jupyter, a line on a terminal, nothing where the output is a file.
    """
    if not shown:
        yield None
        return
    from tqdm.auto import tqdm

    progress = tqdm(desc=title, unit=f" {unit}", unit_scale=True, delay=1.0, disable=None, leave=False)

    def show(done: int, total: int) -> None:
        progress.total = total
        progress.update(done - progress.n)

    try:
        yield show
    finally:
        progress.close()
