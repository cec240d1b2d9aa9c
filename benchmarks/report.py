"""Numbers for people and for programs."""

from __future__ import annotations

import argparse
import json
import os
import platform
from collections.abc import Callable, Sequence
from importlib.metadata import version
from pathlib import Path
from typing import Any

from benchmarks.home import temporary_home


def show(title: str, columns: Sequence[str], rows: Sequence[Sequence[str]]) -> None:
    """Print a table, its first column to the left and the others to the right."""
    table = [columns, *rows]
    widths = [max(len(row[i]) for row in table) for i in range(len(columns))]
    print(f"\n{title}")
    for row in (columns, ["-" * width for width in widths], *rows):
        first, *others = (cell.rjust(width) for cell, width in zip(row, widths, strict=True))
        print("  ".join(["  " + row[0].ljust(len(first)), *others]).rstrip(), flush=True)


def alone(name: str, purpose: str | None, measure: Callable[..., dict[str, Any]]) -> None:
    """Run one benchmark from the command line, in a home of its own."""
    run({name: measure}, purpose)


def run(benchmarks: dict[str, Callable[..., dict[str, Any]]], purpose: str | None) -> None:
    """Run these from the command line, one after the other."""
    parser = argparse.ArgumentParser(description=purpose, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--quick", action="store_true", help="few rounds: minutes become seconds, and the noise grows")
    parser.add_argument("--json", metavar="FILE", type=Path, help="write the numbers to this file as well")
    given = parser.parse_args()
    found: dict[str, Any] = {"machine": machine(), "quick": given.quick}
    print("; ".join(f"{name} {value}" for name, value in found["machine"].items()))
    with temporary_home() as settings:
        for name, measure in benchmarks.items():
            found[name] = measure(settings, quick=given.quick)
    found["machine"]["load_after"] = os.getloadavg()[0]
    if given.json is not None:
        given.json.write_text(json.dumps(found, indent=2) + "\n")


def machine() -> dict[str, Any]:
    """What the numbers were measured on; other work on the machine shows in its load."""
    return {
        "python": platform.python_version(),
        "nautilus_trader": version("nautilus_trader"),
        "platform": platform.platform(),
        "cpus": os.cpu_count(),
        "load": os.getloadavg()[0],
    }
