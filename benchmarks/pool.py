"""Runs per second of a pool of warm workers against a loop in this process; nothing is saved by either.

python benchmarks/pool.py [runs]
"""

from __future__ import annotations

import sys
import tempfile
import time
from pathlib import Path

from benchmarks.resolving import request
from workbench.catalog import Catalog
from workbench.plans import resolve_all
from workbench.plans.execution import measured, run_spec
from workbench.workers.pool import Pool


def main(count: int) -> None:
    """Print the runs per second, and how soon a warm pool answers a next batch of one run."""
    with tempfile.TemporaryDirectory() as folder:
        catalog = Catalog(Path(folder))
        catalog.import_sample()
        specs = list(resolve_all(map(request, range(count)), catalog))
        run_spec(specs[0], catalog)
        began = time.perf_counter()
        for spec in specs:
            measured(run_spec(spec, catalog), spec.snapshot)
        loop = time.perf_counter() - began
        print(f"a loop: {count / loop:.1f} runs/s")
        for workers in (1, 2):
            with Pool(workers) as pool:
                began = time.perf_counter()
                list(pool.run(specs[: 2 * workers], catalog))
                cold = time.perf_counter() - began
                began = time.perf_counter()
                outcomes = list(pool.run(specs, catalog))
                took = time.perf_counter() - began
                assert all(outcome.metrics for outcome in outcomes)
                began = time.perf_counter()
                list(pool.run(specs[:1], catalog))
                again = time.perf_counter() - began
            print(
                f"{workers} workers: {count / took:.1f} runs/s, {loop / took:.2f} x the loop; cold start {cold:.2f} s, "
                f"a next batch costs {1e3 * (again - loop / count):.0f} ms more than its one run"
            )


if __name__ == "__main__":
    main(int(sys.argv[1]) if len(sys.argv) > 1 else 60)
