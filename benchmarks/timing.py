"""Fair timing on a shared machine: the variants take turns, and a round is compared with itself."""

from __future__ import annotations

import gc
import time
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from statistics import median


@dataclass(frozen=True, slots=True)
class Cost:
    """One measurement in seconds. `cpu` is of the process that ran it: the database server's is in `wall` alone."""

    wall: float
    cpu: float


type Measure = Callable[[], Cost]


def timed(work: Callable[[], object]) -> Cost:
    """Measure a piece of work. The garbage of whoever ran before is collected first, its own while it runs."""
    gc.collect()
    wall, cpu = time.perf_counter(), time.process_time()
    work()
    return Cost(wall=time.perf_counter() - wall, cpu=time.process_time() - cpu)


def take_turns(variants: Mapping[str, Measure], *, rounds: int) -> dict[str, list[Cost]]:
    """Measure A B C A B C …, after one round that does not count."""
    measured: dict[str, list[Cost]] = {name: [] for name in variants}
    for turn in range(rounds + 1):
        for name, measure in variants.items():
            cost = measure()
            if turn:
                measured[name].append(cost)
    return measured


def summary(measured: Mapping[str, Sequence[Cost]]) -> dict[str, dict[str, float]]:
    """Medians of each variant in seconds, and its best wall time: what it takes when nobody else is there."""
    return {
        name: {
            "wall": median(c.wall for c in costs),
            "best": min(c.wall for c in costs),
            "cpu": median(c.cpu for c in costs),
        }
        for name, costs in measured.items()
    }


def ratio(measured: Mapping[str, Sequence[Cost]], over: str, under: str) -> dict[str, float]:
    """One variant in units of another: the ratio of the medians and of the bests, the median of each round's ratios."""
    above, below = summary(measured)[over], summary(measured)[under]
    rounds = list(zip(measured[over], measured[under], strict=True))
    return {kind: above[kind] / below[kind] for kind in above} | {
        "wall_per_round": median(a.wall / b.wall for a, b in rounds),
        "cpu_per_round": median(a.cpu / b.cpu for a, b in rounds),
    }
