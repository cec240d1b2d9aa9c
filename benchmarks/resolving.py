"""How long it takes to resolve and fingerprint the specs of a search: one strategy and instrument, many parameters.

python benchmarks/resolving.py [specs]
"""

from __future__ import annotations

import sys
import tempfile
import time
from pathlib import Path

from workbench.catalog import Catalog
from workbench.config import Terms
from workbench.plans import Request, resolve, resolve_all


def main(count: int) -> None:
    """Resolve `count` specs and print how long it took."""
    with tempfile.TemporaryDirectory() as folder:
        catalog = Catalog(Path(folder))
        catalog.import_sample()
        resolve(request(0), catalog)  # imports NautilusTrader and the strategy
        began = time.perf_counter()
        specs = list(resolve_all(map(request, range(count)), catalog))
        took = time.perf_counter() - began
    different = len({spec.fingerprint for spec in specs})
    print(f"{count:,} specs, {different:,} of them different: {took:.2f} s, {1e6 * took / count:,.0f} µs each")


def request(number: int) -> Request:
    """Another pair of periods for each number."""
    return Request(
        strategy="sma_crossover",
        instrument="AAPL.NASDAQ",
        bar="1-DAY-LAST-EXTERNAL",
        start=None,
        end="2012-12-31",
        terms=Terms(),
        params={"fast_period": 2 + number % 100, "slow_period": 200 + number // 100},
        risk_free=0.0,
    )


if __name__ == "__main__":
    main(int(sys.argv[1]) if len(sys.argv) > 1 else 10_000)
