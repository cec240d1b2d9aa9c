"""Arrays and frames, whose every comparison is another array, and what has no hash, as each argument of each verb."""

from __future__ import annotations

import inspect
from collections.abc import Callable
from functools import partial
from typing import Any

import numpy as np
import pandas as pd
import polars as pl
import pytest

from tests.fuzz.conftest import Door

ODD = {
    "array": np.array([1, 2]),
    "series": pd.Series([1, 2]),
    "frame": pd.DataFrame({"a": [1, 2]}),
    "polars frame": pl.DataFrame({"a": [1, 2]}),
    "list": [1, 2],
    "mapping": {"a": 1},
    "set": {1, 2},
    "bytes": b"x",
    "object": object(),
}
GOOD: dict[str, dict[str, Any]] = {
    "run": {"strategy": "sma_crossover", "instrument": "ACME.TEST", "progress": False, "on_duplicate": "ignore"},
    "import_csv": {"instrument": "ODD.TEST", "bar": "1d"},
    "import_mock": {"instrument": "MOCK.TEST", "start": "2024-01-01", "end": "2024-02-01"},
}
VERBS = [
    "run",
    "import_mock",
    "history",
    "best",
    "strategy_history",
    "find_duplicates",
    "compare",
    "get",
    "details",
    "diff",
    "instruments",
]
VERBS += ["strategies", "use", "export_config", "import_csv", "rerun", "delete", "record"]
FIGURES = ["equity", "drawdown", "compare", "scatter", "heatmap", "timeline", "trades", "tearsheet"]


def by_keyword(verb: Callable[..., Any], name: str, first: list[str]) -> Callable[[Any], Any]:
    """A call that hands a value on by keyword, after the arguments that come first."""
    return lambda value: verb(*first, **{name: value})


def calls(
    verb: Callable[..., Any], said: Callable[..., Any], ids: tuple[str, ...]
) -> list[tuple[str, Callable[[Any], Any]]]:
    """By each argument's name, the verb with a value in its place and good ones in that of the others it needs."""
    given = list(inspect.signature(said).parameters.values())
    by_place = [one for one in given if one.kind in (one.POSITIONAL_ONLY, one.POSITIONAL_OR_KEYWORD)]
    found: list[tuple[str, Callable[[Any], Any]]] = []
    for one in given:
        if one.kind == one.VAR_POSITIONAL:
            found.append((one.name, lambda value: verb(value, value)))
        elif by_place and one is by_place[0]:
            found.append((one.name, lambda value: verb(value)))
        elif one.kind != one.VAR_KEYWORD:
            several = any(other.kind == other.VAR_POSITIONAL for other in given)
            good = list(ids[:2]) if several else [ids[0] for other in by_place[:1] if other.default is other.empty]
            found.append((one.name, by_keyword(verb, one.name, good)))
    return found


@pytest.mark.parametrize("name", [*VERBS, *(f"plot.{one}" for one in FIGURES)])
def test_odd_values_are_taken_or_refused_in_a_sentence(door: Door, name: str) -> None:
    verb: Any = door.wb
    for part in name.split("."):
        verb = getattr(verb, part)
    if name in GOOD:
        verb = partial(verb, **GOOD[name])
    # it hands all of its arguments on
    said = door.wb._session.catalog.import_mock if name == "import_mock" else verb
    if name == "import_csv":
        file = door.wb.where.home / "odd.csv"
        file.write_text("date,open,high,low,close\n2024-01-01,1,1,1,1\n")
        verb = said = partial(verb, path=file)
        verb()  # so that it is there already
    frame = door.wb._session._frame
    tried = 0
    for argument, call in calls(verb, said, door.ids):
        for kind, value in ODD.items():
            tried += 1
            try:
                door.tries(partial(call, value))
            except TypeError as error:
                if "missing" not in str(error):  # Python's own: an argument that the call leaves out
                    pytest.fail(f"{name}({argument}={kind}): {error!r}")
    assert tried >= len(ODD)
    assert door.wb._session._frame == frame
    assert len(door.wb.history(limit=1000)) >= len(door.ids)
