"""A progress bar: nothing in the first second, then bars done and time left."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, contextmanager

type Show = Callable[[int, int], None]
"""Called now and then with bars done and bars in all."""

type Watch = Callable[[str, str], AbstractContextManager[Show | None]]
"""Given the id and the title of a run that has begun: what to call on the way, None where nobody looks."""


@contextmanager
def bar(run_id: str, title: str, *, unit: str = "bars") -> Iterator[Show | None]:  # noqa: ARG001 - other ways need the id
    """A widget in Jupyter, a line on a terminal, nothing where the output is a file; counts bars, or another `unit`."""
    from tqdm.auto import tqdm

    progress = tqdm(desc=title, unit=f" {unit}", unit_scale=True, delay=1.0, disable=None, leave=False)

    def show(done: int, total: int) -> None:
        progress.total = total
        progress.update(done - progress.n)

    try:
        yield show
    finally:
        progress.close()


@contextmanager
def unwatched(run_id: str, title: str) -> Iterator[None]:  # noqa: ARG001
    """Show nothing."""
    yield None
