"""What it costs to say what a run is: source, configuration, data, environment, result. As parts of the whole run.

`python -m benchmarks.fingerprints`
"""

from __future__ import annotations

import time
from collections import defaultdict
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager
from importlib import import_module
from statistics import median
from typing import Any
from unittest import mock

from benchmarks.home import opened, temporary_home
from workbench import Workbench

# where each is looked up when a run is made, and what it is
PARTS = {
    ("workbench.config", "sources"): "source",
    ("workbench.config", "outdated"): "source",
    ("workbench.config", "masked"): "secrets",
    ("workbench.config", "hidden"): "secrets",
    ("workbench.config", "fingerprint"): "configuration",
    ("workbench.catalog.catalog", "month_digests"): "data",
    ("workbench.config", "look"): "environment",
    ("workbench.provenance.environment", "_state"): "environment",
    ("workbench.engine.nautilus1.execute", "digest"): "result",
}
ROUNDS = 30


@contextmanager
def timed(spent: dict[str, float]) -> Iterator[None]:
    """Add up the seconds in each of the parts."""

    def watched(of: Callable[..., Any], part: str) -> Callable[..., Any]:
        def call(*given: Any, **named: Any) -> Any:
            began = time.perf_counter()
            try:
                return of(*given, **named)
            finally:
                spent[part] += time.perf_counter() - began

        return call

    with ExitStack() as patches:
        for (module, name), part in PARTS.items():
            home = import_module(module)
            patches.enter_context(mock.patch.object(home, name, watched(getattr(home, name), part)))
        yield


def measure(wb: Workbench) -> dict[str, float]:
    """Medians of each part as a fraction of its run: 3,270 daily bars, 85 trades."""
    shares: dict[str, list[float]] = defaultdict(list)
    for _ in range(ROUNDS):
        spent: dict[str, float] = defaultdict(float)
        with timed(spent):
            began = time.perf_counter()
            wb.run("sma_crossover", instrument="AAPL", progress=False)
            whole = time.perf_counter() - began
        for part, seconds in spent.items():
            shares[part].append(seconds / whole)
        shares["all of them"].append(sum(spent.values()) / whole)
    return {part: median(found) for part, found in shares.items()}


if __name__ == "__main__":
    with temporary_home() as settings, opened(settings) as workbench:
        for part, share in measure(workbench).items():
            print(f"{part:16} {share:7.2%} of a run")
