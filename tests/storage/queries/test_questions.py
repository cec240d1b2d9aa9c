"""Every question of the record equals the same one asked naively of the whole table."""

from __future__ import annotations

import inspect
import json
import math
from collections.abc import Generator, Iterator
from datetime import datetime, timedelta
from decimal import Decimal
from multiprocessing import get_context
from pathlib import Path
from threading import Thread
from typing import Any
from uuid import UUID

import psycopg
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from psycopg import sql
from sqlalchemy import QueuePool

from tests.conftest import _address
from tests.support.plausible import EPOCH, GROUPS, INSTRUMENTS, OWN, STRATEGIES, Made, varied, write
from workbench import ABSENT, PRESENT, Workbench, frames
from workbench.errors import InvalidInput, MetricNotFound, RunNotFound, UnknownFilter
from workbench.metrics import standard
from workbench.runs import Part
from workbench.settings import Settings
from workbench.storage import Records
from workbench.storage.queries import listing
from workbench.storage.schema.param_index import of_range
from workbench.strategies import strategy_key
from workbench.verbs.filters import declared
from workbench.verbs.listing import ListVerbs

ODD = "a.b 'c\" ä"
MADE: dict[str, Made] = {}
"""What the runs of `many` were made of, by their ids: their further parts stand in no list."""


@pytest.fixture(scope="module")
def many(server: str, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Workbench]:
    """150 runs of all kinds, for tests that only ask."""
    with psycopg.connect(server, autocommit=True) as connection:
        connection.execute("create database many template template")
        url = _address(server, "many")
        workbench = Workbench(Settings(home=tmp_path_factory.mktemp("home"), database_url=url))
        for made in varied(range(150)):
            MADE[str(write(workbench._session.records, made).run_id)] = made
        yield workbench
        workbench.close()
        connection.execute(sql.SQL("drop database many with (force)"))


def rows(workbench: Workbench) -> list[dict[str, Any]]:
    """The whole table, parameters as objects."""
    found = workbench.history(limit=1000, frame="polars").to_dicts()
    own = workbench.history(order_by=OWN, limit=1000, frame="polars")[["run_id", OWN]].rows() if MADE else []
    return [{**row, "params": json.loads(row["params"]), OWN: dict(own).get(row["run_id"])} for row in found]


def parts_of(row: dict[str, Any], kind: str) -> list[Part]:
    """The second and further strategies or instruments of a run."""
    made = MADE.get(row["run_id"])
    return [part for part in made.parts if part.kind == kind] if made is not None else []


def has_strategy(row: dict[str, Any], name: str | None) -> bool:
    return name in (None, row["strategy_name"]) or strategy_key(str(name)) in [
        part.key for part in parts_of(row, "strategy")
    ]


def has_type(row: dict[str, Any], type_: str | None) -> bool:
    return type_ in (None, row["strategy_type"]) or type_ in [part.type for part in parts_of(row, "strategy")]


def has_instrument(row: dict[str, Any], asked: str | None) -> bool:
    ids = [row["instrument_id"], *(part.key for part in parts_of(row, "instrument"))]
    return asked is None or asked in ids or asked in [name.rpartition(".")[0] for name in ids]


def in_group(row: dict[str, Any], group: UUID) -> bool:
    made = MADE[row["run_id"]]
    return made.group is not None and made.group.group_id == group


def value_at(params: dict[str, Any], name: str) -> Any:
    """The values that a name may mean: itself, or a path into nested ones."""
    found = [params[name]] if name in params else []
    inside: Any = params
    for part in name.split(".") if "." in name else []:
        inside = inside.get(part, ...) if isinstance(inside, dict) else ...
    return found + ([inside] if "." in name and inside is not ... else [])


def same(left: Any, right: Any) -> bool:
    return left == right and isinstance(left, bool) == isinstance(right, bool)


def fits(params: dict[str, Any], name: str, wanted: Any) -> bool:
    values = value_at(params, name)
    if wanted is PRESENT or wanted is ABSENT:
        return bool(values) == (wanted is PRESENT)
    if isinstance(wanted, tuple):
        low, high = (-math.inf if wanted[0] is None else wanted[0]), (math.inf if wanted[1] is None else wanted[1])
        return any(type(value) in (int, float) and low <= value <= high for value in values)
    choices = wanted if isinstance(wanted, list) else [wanted]
    return any(same(value, choice) for value in values for choice in choices)


def naive(everything: list[dict[str, Any]], asked: dict[str, Any]) -> list[str]:
    def keeps(row: dict[str, Any]) -> bool:
        return (
            has_strategy(row, asked.get("strategy"))
            and has_type(row, asked.get("strategy_type"))
            and has_instrument(row, asked.get("instrument"))
            and asked.get("name") in (None, row["name"])
            and {*([asked["tag"]] if isinstance(asked.get("tag"), str) else asked.get("tag", []))}
            <= {*(row["tags"].split(", ") if row["tags"] else [])}
            and ("group" not in asked or in_group(row, asked["group"]))
            and asked.get("status") in (None, row["status"])
            and asked.get("since", row["started_at"]) <= row["started_at"] <= asked.get("until", row["started_at"])
            and all(fits(row["params"], name, wanted) for name, wanted in (asked.get("params") or {}).items())
        )

    by, ascending = asked.get("order_by", "started_at"), asked.get("ascending", False)
    kept = [row for row in everything if keeps(row)]
    defined = [row for row in kept if row[by] is not None]
    undefined = [row for row in kept if row[by] is None]
    ordered = sorted(defined, key=lambda row: (row[by], row["run_id"]), reverse=not ascending)
    ordered += sorted(undefined, key=lambda row: row["run_id"], reverse=not ascending)
    return [row["run_id"] for row in ordered[: asked.get("limit", 20)]]


PARAMS = st.dictionaries(
    st.sampled_from(["fast_period", "threshold", "inner.level", "inner", ODD, "nobody"]),
    st.sampled_from(
        [
            5,
            10.0,
            "10",
            1,
            True,
            None,
            [5, 20],
            [0.5, "x"],
            (5, 15),
            (None, 10),
            (2, None),
            {"level": 2},
            PRESENT,
            ABSENT,
        ]
    ),
    max_size=2,
)
ASKED = st.fixed_dictionaries(
    {},
    optional={
        "strategy": st.sampled_from(list(STRATEGIES)),
        "strategy_type": st.sampled_from([*STRATEGIES.values(), "none"]),
        "instrument": st.sampled_from([*INSTRUMENTS, "IBM", "BTC/USD"]),
        "status": st.sampled_from(["completed", "failed", "interrupted", "running"]),
        "since": st.integers(0, 80).map(lambda minutes: EPOCH + timedelta(minutes=minutes)),
        "until": st.integers(80, 90).map(lambda minutes: EPOCH + timedelta(minutes=minutes)),
        "params": PARAMS,
        "name": st.sampled_from(["first try", "Ünïcode «日本»", "nobody"]),
        "tag": st.sampled_from(["ema", "100 %", ["ema", "daily"], "nobody"]),
        "group": st.sampled_from([*(group.group_id for group in GROUPS), UUID(int=9)]),
        "order_by": st.sampled_from(["started_at", "sharpe_ratio", "total_return", "max_drawdown", OWN]),
        "ascending": st.booleans(),
        "limit": st.integers(1, 200),
    },
)
QUICK = settings(max_examples=80, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])


@pytest.fixture(params=["few", "patient", "impatient"])
def patience(request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch) -> None:
    """150 runs are few, and found first; whoever takes them for many reads an index, or gives it up at once."""
    if request.param != "few":
        for name in ("FEW", "FEW_BY_METRIC"):
            monkeypatch.setattr(listing, name, 0)
    if request.param == "impatient":
        for name in ("STEPS", "STEPS_BY_METRIC"):
            monkeypatch.setattr(listing, name, 1)


@QUICK
@given(asked=ASKED)
def test_any_filters_and_order_give_the_naive_answer(many: Workbench, patience: None, asked: dict[str, Any]) -> None:
    assert list(many.history(frame="polars", **asked)["run_id"]) == naive(rows(many), asked)


@pytest.mark.parametrize("metric", [spec.name for spec in standard() if spec.ranked])
def test_the_best_by_any_metric_are_the_naive_ones(many: Workbench, patience: None, metric: str) -> None:
    ascending = metric == "volatility"
    by = {"order_by": metric, "ascending": ascending, "limit": 1000}
    defined = [row for row in rows(many) if row[metric] is not None]
    assert defined
    assert list(many.best(metric, limit=1000, frame="polars")["run_id"]) == naive(defined, by)
    searches: list[dict[str, Any]] = [{"strategy": "Momentum"}, {"strategy": "Momentum", "instrument": "IBM"}]
    for filters in searches:
        for limit in (3, 1000):
            wanted = naive(defined, by | filters | {"limit": limit})
            assert list(many.best(metric, **filters, limit=limit, frame="polars")["run_id"]) == wanted


NUMBERS = st.one_of(
    st.integers(-(10**400), 10**400),
    st.integers(-70, 70),
    st.floats(allow_nan=False, allow_infinity=False),
    st.sampled_from([0.0, -0.0, 5e-324, -5e-324, 1e-300, 1e300, 0.1, 1 / 3]),
).map(lambda number: Decimal(str(number)))


@QUICK
@given(number=NUMBERS, ends=st.tuples(NUMBERS, NUMBERS), near=st.booleans())
def test_a_range_has_a_mark_of_every_number_within_it(
    sql_connection: psycopg.Connection, number: Decimal, ends: tuple[Decimal, Decimal], near: bool
) -> None:
    low, high = sorted([number, ends[0]] if near else ends)
    marks = list(of_range(low, high))
    assert len(marks) < 1500
    found = sql_connection.execute(
        "select param_marks(jsonb_build_object('a', jsonb_build_object('b.c', %s::numeric))) "
        "&& name_marks('a.b.c', %s, '{}')",
        [number, marks],
    ).fetchone()
    if low <= number <= high:
        assert found == (True,)


def test_a_range_has_no_mark_of_numbers_far_from_it(sql_connection: psycopg.Connection) -> None:
    marks = list(of_range(Decimal(5), Decimal(15)))
    for number, name in [(4, "a"), (16, "a"), (-5, "a"), (0, "a"), (10, "b")]:
        found = sql_connection.execute(
            "select param_marks(jsonb_build_object(%s::text, %s::int)) && name_marks('a', %s, '{}')",
            [name, number, marks],
        ).fetchone()
        assert found == (False,)


@settings(max_examples=40, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(asked=ASKED, size=st.integers(1, 60))
def test_any_walk_by_pages_gives_the_same_as_one_reading(
    many: Workbench, patience: None, asked: dict[str, Any], size: int
) -> None:
    asked = {name: value for name, value in asked.items() if name != "limit"}
    walked = [run for page in many.history_pages(size=size, frame="polars", **asked) for run in page["run_id"]]
    assert walked == naive(rows(many), asked | {"limit": 1000})


@pytest.mark.parametrize("size", [0, 1001, True, 2.0, "ten", None])
def test_pages_of_no_size_are_refused_by_that_name(many: Workbench, size: Any) -> None:
    with pytest.raises(InvalidInput, match=r"^size=.* must be a whole number from 1 to 1000"):
        next(many.history_pages(size=size))


def test_a_walk_that_is_left_gives_its_connections_back(many: Workbench) -> None:
    walk = many.history_pages(size=10, frame="polars")
    assert [next(walk).height, next(walk).height] == [10, 10]
    assert isinstance(walk, Generator)
    walk.close()
    pool = many._session.database.engine().pool
    assert isinstance(pool, QueuePool)
    assert pool.checkedout() == 0


def test_what_the_server_expected_a_moment_ago_changes_no_answer(
    wb: Workbench, sql_connection: psycopg.Connection, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(listing, "FEW_BY_METRIC", 10)
    asked: dict[str, Any] = {"strategy": "Momentum", "order_by": "sharpe_ratio", "limit": 5}

    def said() -> list[float]:
        sql_connection.execute("analyze backtest_runs")
        return wb.history(**asked, frame="polars")["sharpe_ratio"].to_list()

    def add(numbers: range) -> None:
        for number in numbers:
            write(wb._session.records, Made(number=number, strategy="Momentum", metrics={"sharpe_ratio": number / 10}))

    add(range(3))
    assert said() == [0.2, 0.1, 0.0]
    add(range(3, 40))  # no longer few
    assert said() == [3.9, 3.8, 3.7, 3.6, 3.5]
    monkeypatch.setattr(listing, "KEPT", 0.0)
    assert said() == [3.9, 3.8, 3.7, 3.6, 3.5]
    for run_id in wb.history(limit=38, frame="polars")["run_id"]:
        wb.delete(run_id)  # few again
    monkeypatch.setattr(listing, "KEPT", 60.0)
    assert said() == [0.1, 0.0]


def keep_writing(home: Path, url: str, numbers: range) -> None:
    """One of many processes that write at once."""
    writer = Workbench(Settings(home=home, database_url=url))
    for made in varied(numbers, seed=numbers.start):
        write(writer._session.records, made)
    writer.close()


def test_a_walk_by_pages_misses_nothing_and_repeats_nothing_while_eight_processes_write(
    wb: Workbench, home: Path, database_url: str
) -> None:
    for made in varied(range(60)):
        write(wb._session.records, made)
    before = {row["run_id"] for row in rows(wb)}
    context = get_context("forkserver")  # what each of them needs is imported once
    context.set_forkserver_preload([__name__])
    parts = [range(start, start + 40) for start in range(1000, 9000, 1000)]
    writers = [context.Process(target=keep_writing, args=(home, database_url, part)) for part in parts]
    for writer in writers:
        writer.start()
    sizes = set[int]()
    while any(writer.is_alive() for writer in writers):
        for order in ("started_at", "sharpe_ratio"):
            pages = wb.history_pages(size=7, order_by=order, frame="polars")
            walked = [run for page in pages for run in page["run_id"]]
            assert before <= set(walked)
            assert len(walked) == len(set(walked))
            sizes.add(len(walked))
    assert [writer.exitcode for writer in writers] == [0] * 8
    assert len(sizes) > 2  # it did grow meanwhile
    assert sum(wb.status()["runs"].values()) == 60 + 8 * 40


def test_a_full_answer_stays_full_while_its_best_are_deleted(wb: Workbench, home: Path, database_url: str) -> None:
    for number in range(200):
        write(wb._session.records, Made(number=number, strategy="Momentum", metrics={"cagr": number / 1000}))
    best_first = wb.best("cagr", limit=200, frame="polars")["run_id"].to_list()

    def delete_the_best() -> None:
        other = Workbench(Settings(home=home, database_url=database_url))
        for run_id in best_first[:-10]:
            other.delete(run_id)
        other.close()

    deleting = Thread(target=delete_the_best)
    deleting.start()
    while deleting.is_alive():
        assert wb.best("cagr", "momentum", limit=10, frame="polars").height == 10
    deleting.join()
    assert wb.best("cagr", "momentum", limit=10, frame="polars")["run_id"].to_list() == best_first[-10:]


def test_the_best_are_filtered_before_they_are_cut(wb: Workbench) -> None:
    for number in range(1100):
        common = number % 11 != 0  # 1,000 of them, and 100 of the other
        strategy, sharpe = ("Momentum", 2.0) if common else ("SMA Crossover", 0.5)
        write(wb._session.records, Made(number=number, strategy=strategy, metrics={"sharpe_ratio": sharpe}))
    best = wb.best(strategy="SMA Crossover", limit=20)
    assert best["strategy_name"].tolist() == ["SMA Crossover"] * 20
    assert wb.best(limit=3)["sharpe_ratio"].tolist() == [2.0] * 3


def test_the_best_of_a_metric_is_by_its_own_direction_and_never_undefined(many: Workbench) -> None:
    defined = [row["max_drawdown"] for row in rows(many) if row["max_drawdown"] is not None]
    drawdowns = many.best("max_drawdown", limit=1000)["max_drawdown"].tolist()
    assert drawdowns == sorted(defined, reverse=True)
    assert drawdowns[0] == 0
    assert many.best("volatility", limit=1000)["volatility"].is_monotonic_increasing
    assert many.best("sharpe_ratio", limit=1000)["sharpe_ratio"].notna().all()


def test_a_row_of_the_best_says_why_first(many: Workbench) -> None:
    columns = list(many.best("total_return").columns)
    assert columns[:4] == ["run_id", "total_return", "strategy_name", "instrument_id"]
    assert set(columns) == set(frames.HISTORY)


def test_a_strategys_history_is_oldest_first_with_parameters_as_columns(many: Workbench) -> None:
    history = many.strategy_history("SMA Crossover")
    wanted = [row for row in rows(many) if has_strategy(row, "SMA Crossover")]
    assert history["started_at"].is_monotonic_increasing
    assert len(history) == len(wanted)
    assert "params" not in history
    by_id = {row["run_id"]: row["params"] for row in wanted}
    for run_id, fast, odd in zip(history["run_id"], history["fast_period"], history[ODD], strict=True):
        assert fast == by_id[run_id]["fast_period"]
        given = by_id[run_id].get(ODD)
        assert (None if odd != odd else odd) == ("true" if given is True else given)
    assert str(history["fast_period"].dtype) == "Int64"
    assert str(history["threshold"].dtype) == "float64"


def test_a_strategy_nobody_ran_has_an_empty_history(many: Workbench) -> None:
    empty = many.strategy_history("Nobody")
    assert empty.empty
    assert list(empty.columns) == [name for name in frames.HISTORY if name != "params"]


@pytest.mark.parametrize(
    ("params", "says"),
    [
        ({"fast_period": ()}, "not a range"),
        ({"fast_period": (1, 2, 3)}, "not a range"),
        ({"fast_period": (None, None)}, "not a range"),
        ({"fast_period": ("a", "b")}, "not a range"),
        ({"fast_period": (15, 5)}, "Swap"),
        ({"fast_period": (float("nan"), 5)}, "not a range"),
        ({"fast_period": []}, "is empty"),
        ({"fast_period": object()}, "cannot be the value"),
        ({"fast_period": float("inf")}, "JSON"),
        ({"fast_period": ("1e999999", None)}, "not a range"),
        ({"fast_period": "a\x00b"}, "NUL character"),
        ({"fast_period": "\ud800"}, "half a character"),
        ({"fast\x00": 5}, "NUL character"),
        ({"a." * 128: 5}, "256 characters"),
        ("fast_period=5", "not a mapping"),
        ([("fast_period", 5)], "not a mapping"),
    ],
)
def test_a_wrong_search_is_refused_with_what_to_type(many: Workbench, params: Any, says: str) -> None:
    with pytest.raises(InvalidInput, match=says):
        many.history(params=params)


def test_a_strategy_is_asked_for_by_name_or_class(many: Workbench) -> None:
    with pytest.raises(InvalidInput, match=r"^strategy=datetime.datetime\(2026, 1, 1, 0, 0\) is neither"):
        many.history(strategy=datetime(2026, 1, 1))  # type: ignore[call-overload]


@pytest.mark.parametrize("text", ["a\x00b:C", "\udcff:C"])
@pytest.mark.parametrize("name", ["strategy", "strategy_type", "instrument"])
def test_text_that_no_database_holds_is_refused_before_it_is_asked_for(many: Workbench, name: str, text: str) -> None:
    search: dict[str, Any] = {name: text}
    with pytest.raises(InvalidInput, match=f"^{name} holds"):
        many.history(**search)


def test_names_nobody_knows_get_the_nearest_one(many: Workbench) -> None:
    with pytest.raises(MetricNotFound, match="Did you mean 'sharpe_ratio'"):
        many.best("sharpe")
    with pytest.raises(MetricNotFound, match=r"^neither more nor less of 'total_trades' is better"):
        many.best("total_trades")
    with pytest.raises(UnknownFilter, match="Did you mean 'instrument'"):
        many.best(instrumnt="AAPL")  # type: ignore[call-overload]
    with pytest.raises(UnknownFilter, match="Did you mean 'since'"):
        next(many.history_pages(sinc="2020-01-01"))  # type: ignore[call-overload]


def test_an_order_or_a_limit_where_a_list_has_its_own_is_refused(many: Workbench) -> None:
    with pytest.raises(InvalidInput, match=r"^limit=5 does not go with this list. wb.history\(\) takes it"):
        many.strategy_history("SMA Crossover", limit=5)  # type: ignore[call-overload]
    with pytest.raises(InvalidInput, match=r"^order_by='cagr' does not go with this list"):
        many.best(order_by="cagr")  # type: ignore[call-overload]
    with pytest.raises(InvalidInput, match=r"nor a metric of your own. wb.best\('cagr'\) ranks by it"):
        many.history(order_by="cagr")


@pytest.mark.parametrize("verb", ["history", "best", "strategy_history", "history_pages"])
def test_the_documentation_of_a_list_says_every_filter(verb: str) -> None:
    text = inspect.getdoc(getattr(ListVerbs, verb)) or ""
    assert "{" not in text
    assert all(f"\n    {name}: " in text for name in declared())


def test_records_are_written_whole_by_the_way_these_tests_use(wb: Workbench) -> None:
    written = write(Records(wb._session.database), Made(number=1, params={"x": 1}))
    assert wb.get(str(written.run_id)).metrics == written.metrics


@pytest.mark.parametrize("order", ["started_at", "sharpe_ratio"])
def test_a_walk_goes_on_behind_any_run(many: Workbench, order: str) -> None:
    everything = many.history(order_by=order, limit=1000, frame="polars")["run_id"].to_list()
    for last in (0, len(everything) // 2, len(everything) - 2):
        page = next(many.history_pages(size=3, after=everything[last], order_by=order, frame="polars"))
        assert page["run_id"].to_list() == everything[last + 1 : last + 4]
    assert list(many.history_pages(after=everything[-1], order_by=order)) == []
    with pytest.raises(RunNotFound):
        next(many.history_pages(after="00000000", order_by=order))
