"""Filters, ids and arguments of a run, whatever stands there."""

from __future__ import annotations

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.fuzz.conftest import Door, anything, fuzz, patience, some, texts
from tests.stories.test_record import SCRIPT
from workbench import ABSENT, PRESENT
from workbench.errors import RunNotFound, WorkbenchError

pytestmark = patience

wanted = st.one_of(
    anything,
    st.lists(anything, max_size=3),
    st.tuples(anything, anything),
    st.sampled_from([PRESENT, ABSENT]),
)
filters = some(
    strategy=anything,
    strategy_type=anything,
    instrument=anything,
    status=anything,
    since=anything,
    until=anything,
    params=st.one_of(anything, st.dictionaries(texts, wanted, max_size=3)),
    order_by=st.one_of(st.sampled_from(["started_at", "sharpe_ratio"]), anything),
    ascending=anything,
    limit=st.one_of(st.integers(1, 1000), anything),
    frame=st.one_of(st.sampled_from(["pandas", "polars"]), anything),
)
arguments = some(
    strategy=st.one_of(st.just("sma_crossover"), anything),
    instrument=st.one_of(st.just("ACME.TEST"), anything),
    start=anything,
    end=anything,
    capital=anything,
    bar=anything,
    account=anything,
    oms=anything,
    leverage=anything,
    fees=anything,
    slippage=anything,
    seed=anything,
    risk_free=anything,
    on_duplicate=anything,
    params=st.one_of(anything, st.dictionaries(texts, anything, max_size=2)),
    fast_period=anything,
    slow_period=anything,
    nothing_like_this=anything,
)


@fuzz
@given(filters)
def test_any_filter_is_answered_or_refused(door: Door, asked: dict[str, Any]) -> None:
    door.tries(lambda: door.wb.history(**asked))


@fuzz
@given(st.dictionaries(texts, wanted, min_size=1, max_size=3))
def test_any_question_about_parameters_is_answered_or_refused(door: Door, params: dict[str, Any]) -> None:
    door.tries(lambda: door.wb.history(params=params))


@fuzz
@given(anything, st.sampled_from(["get", "details", "delete", "rerun", "compare", "diff"]))
def test_any_id_is_found_or_refused(door: Door, run_id: Any, verb: str) -> None:
    if verb in ("compare", "diff"):
        door.tries(lambda: getattr(door.wb, verb)(run_id, door.ids[0]))
        return
    digits = "".join(str(run_id).split()).replace("-", "").lower()
    # the runs of now: other tests of this file run some again, or delete them
    known = [each.replace("-", "") for each in door.wb.history(limit=1000)["run_id"]]
    if not digits or not any(known_id.startswith(digits) for known_id in known):
        assert isinstance(door.tries(lambda: getattr(door.wb, verb)(run_id)), RunNotFound)


@fuzz
@given(st.dictionaries(texts, anything, min_size=1, max_size=2))
def test_a_run_again_takes_what_it_can_or_refuses(door: Door, overrides: dict[str, Any]) -> None:
    given = {name: value for name, value in overrides.items() if name not in ("run_id", "progress", "self")}
    door.tries(lambda: door.wb.rerun(door.ids[0], progress=False, **given))


@fuzz
@given(arguments)
def test_any_arguments_of_a_run_make_one_or_are_refused(door: Door, asked: dict[str, Any]) -> None:
    usual: dict[str, Any] = {"strategy": "sma_crossover", "instrument": "ACME.TEST", "progress": False}
    door.tries(lambda: door.wb.run(**usual | asked))


@fuzz
@given(some(**dict.fromkeys(("start", "end", "capital", "leverage", "fees", "slippage", "seed"), anything)))
def test_any_terms_of_a_run_make_one_or_are_refused(door: Door, terms: dict[str, Any]) -> None:
    door.tries(lambda: door.wb.run(SCRIPT, instrument="ACME.TEST", progress=False, orders={"1": 1}, **terms))


@pytest.mark.parametrize("verb", ["history", "run", "get", "details", "delete", "rerun", "compare"])
def test_ten_megabytes_are_refused_in_a_sentence(door: Door, verb: str) -> None:
    huge = "x" * 10_000_000
    named: dict[str, Any] = {huge: 1}
    calls: dict[str, list[Any]] = {
        "history": [
            lambda: door.wb.history(order_by=huge),
            lambda: door.wb.history(status=huge),
            lambda: door.wb.history(since=huge),
            lambda: door.wb.history(params={huge: 1}),
            lambda: door.wb.best(**named),
        ],
        "run": [
            lambda: door.wb.run(huge, instrument="ACME.TEST"),
            lambda: door.wb.run("sma_crossover", instrument=huge),
            lambda: door.wb.run("sma_crossover", instrument="ACME.TEST", start=huge),
            lambda: door.wb.run("sma_crossover", instrument="ACME.TEST", capital=huge),
            lambda: door.wb.run("sma_crossover", instrument="ACME.TEST", capital="9" * 10_000_000),
            lambda: door.wb.run("sma_crossover", instrument="ACME.TEST", fast_period=huge),
            lambda: door.wb.run("sma_crossover", instrument="ACME.TEST", **named),
            lambda: door.wb.run("sma_crossover", instrument="ACME.TEST", params=huge),  # type: ignore[call-overload]
        ],
    }
    for call in calls.get(verb, [lambda: getattr(door.wb, verb)(huge, *([door.ids[0]] if verb == "compare" else []))]):
        assert isinstance(door.tries(call), WorkbenchError)
