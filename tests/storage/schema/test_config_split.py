"""A configuration is stored in two parts, and is the same text again."""

from __future__ import annotations

import json
import threading
from dataclasses import replace
from typing import Any

import polars as pl
import psycopg
from hypothesis import HealthCheck, example, given, settings
from hypothesis import strategies as st

from tests.storage.schema.test_schema import RUN, insert
from tests.storage.writing.test_records import SCRIPT
from tests.support.stretches import SHORT
from workbench import Run, Workbench
from workbench.config import DataUse, FillChance, Snapshot, StrategyUse, VenueUse, canonical
from workbench.storage.schema.config_split import Common, split, whole

JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False, allow_infinity=False) | st.text(),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(), inner, max_size=3),
    max_leaves=8,
)
PARAMS = st.dictionaries(st.sampled_from(["own", "seed", "fast", "a.b", 'own"', "slow"]) | st.text(), JSON, max_size=4)


@st.composite
def snapshots(draw: st.DrawFn) -> dict[str, Any]:
    """Of the shape of ours, with anything in it."""
    params = draw(st.lists(PARAMS, max_size=2))
    whole = {
        "venues": [{"fill": {"seed": draw(st.none() | st.integers())}, "name": draw(st.text())}],
        "strategies": [{"params": one, "code": draw(JSON), "own": "own"} for one in params],
        "start": draw(st.text()),
    }
    if draw(st.booleans()):
        native = [{"config": {**draw(PARAMS), **one}} for one in params]
        whole["native"] = {"engine": {"strategies": native}, "data": draw(JSON)}
    return whole


@settings(max_examples=300, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(value=snapshots() | JSON)
@example(value={"strategies": [{"params": "own"}], "venues": None})
@example(value={"strategies": [{"params": {"x": 1}}], "own": "own'"})
def test_any_configuration_is_its_two_parts(sql_connection: psycopg.Connection, value: Any) -> None:
    text = canonical(value)
    parts, own = split(text)
    assert whole(parts, json.loads(own)) == text
    # the database's text has no NUL, and no half of a character pair
    if "\x00" not in text and text.encode(errors="ignore").decode() == text:
        found = sql_connection.execute("select config_text(%s::text[], %s::json)", [parts, own]).fetchone()
        assert found == (text,)


@settings(max_examples=200, deadline=None)
@given(
    params=st.lists(PARAMS, min_size=1, max_size=2),
    seeds=st.lists(st.none() | st.integers(), min_size=1, max_size=2),
    native=st.booleans(),
    others=st.tuples(PARAMS, st.none() | st.integers()),
)
def test_the_two_parts_are_read_as_the_text_is(
    params: list[dict[str, Any]], seeds: list[int | None], native: bool, others: tuple[dict[str, Any], int | None]
) -> None:
    def configured(params: list[dict[str, Any]], seeds: list[int | None]) -> Snapshot:
        use = StrategyUse(path="m:C", config_path=None, name="C", type="custom", params={}, code={"m": "ab"})
        venue = VenueUse(name="V", oms="netting", account="margin", currency="USD", capital="1")
        theirs = {"engine": {"strategies": [{"config": {"id": "1", **one}} for one in params]}}
        return Snapshot(
            strategies=tuple(replace(use, params=one) for one in params),
            instruments={"A.V": {"id": "A.V"}},
            data=(DataUse(instrument_id="A.V", bar="1-DAY", source="csv", rows=1, first="", last="", fingerprint=""),),
            venues=tuple(replace(venue, fill=FillChance(seed=seed)) for seed in seeds),
            start="2024-01-01T00:00:00+00:00",
            end="2024-01-02T00:00:00+00:00",
            periods_per_year=252,
            risk_free=0.0,
            engine={"name": "nautilus_trader"},
            native=theirs if native else None,
        )

    # one after the other of the same make: what was read of the first must not show in the second
    commons: dict[tuple[str, ...], Common] = {}
    for one in (configured(params, seeds), configured([others[0]] * len(params), [others[1]] * len(seeds))):
        text = one.text()
        parts, own = split(text)
        common = commons.setdefault(tuple(parts), Common(parts))
        assert common.snapshot(json.loads(own)) == one == Snapshot.parse(text)
        assert common.snapshot(json.loads(own)).text() == text


def test_what_is_kept_of_configurations_is_bounded_and_changes_no_answer(wb: Workbench) -> None:
    runs = [wb.run(SCRIPT, capital=capital, **SHORT) for capital in (1000, 2000, 3000)]

    def capitals(*of: Run) -> list[str]:
        frame = wb.compare(*of, frame="polars")
        row = frame.row(by_predicate=pl.col("name") == "capital", named=True)
        return [row[run.id] for run in of]

    assert capitals(*runs[:2]) == ["1000", "2000"]
    assert capitals(*runs) == ["1000", "2000", "3000"]  # of one more than is known
    kept = wb._session.records._known
    assert len(kept) == 3
    kept.update({bytes([number]): next(iter(kept.values())) for number in range(60)})
    assert capitals(*runs) == ["1000", "2000", "3000"]
    assert len(wb._session.records._known) == 3


def test_a_text_that_is_not_as_we_write_it_stays_whole() -> None:
    text = '{"venues": [], "strategies": [{"params": {"b": 1, "a": 2}}]}'
    assert split(text) == ([text], "[]")


def test_what_differs_from_run_to_run_stands_alone(wb: Workbench, sql_connection: psycopg.Connection) -> None:
    runs = [wb.run(SCRIPT, orders={"1": quantity}, slippage=0.5, seed=quantity, **SHORT) for quantity in (10, 20, 30)]
    assert sql_connection.execute("select count(*) from config_bases").fetchone() == (1,)
    own = [row[0] for row in sql_connection.execute("select own from run_configs").fetchall()]
    assert sorted(seed for _, seed in own) == [10, 20, 30]
    assert sorted(params["orders"]["1"] for params, _ in own) == [10, 20, 30]
    assert [wb.get(run.id).config for run in runs] == [run.config for run in runs]
    assert all(wb.get(run.id).source for run in runs)


def test_a_base_that_somebody_has_just_come_to_need_stays(
    wb: Workbench, sql_connection: psycopg.Connection, database_url: str
) -> None:
    run = wb.run(SCRIPT, **SHORT)
    with psycopg.connect(database_url) as writer:
        digest = "decode(repeat('01', 32), 'hex')"
        writer.execute(
            f"insert into run_configs select {digest}, base_sha256, '[{{}}, null]' from config_bases".encode()
        )
        deleting = threading.Thread(target=lambda: wb.delete(run.id))
        deleting.start()
        waits = "select count(*) from pg_stat_activity where wait_event_type = 'Lock'"
        while sql_connection.execute(waits).fetchone() == (0,):
            assert deleting.is_alive()
        insert(writer, "backtest_runs", RUN | {"run_id": "gen_random_uuid()", "config_sha256": digest})
        writer.commit()
        deleting.join()
    assert sql_connection.execute("select count(*) from config_bases").fetchone() == (1,)
    assert sql_connection.execute("select count(*) from run_configs").fetchone() == (1,)
    assert sql_connection.execute("select count(*) from backtest_runs").fetchone() == (1,)
