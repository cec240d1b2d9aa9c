"""US4: runs side by side. Records made by hand; real ones are in test_story_compare."""

from __future__ import annotations

import pickle
import re
from collections.abc import Iterator
from dataclasses import replace
from datetime import UTC, datetime
from decimal import Decimal
from typing import Any
from uuid import UUID

import pandas as pd
import polars as pl
import pytest

from workbench.comparison import COLUMNS, Comparison, Row, check_number, compare, side_by_side
from workbench.config import DataUse, Fees, Snapshot, StrategyUse, VenueUse
from workbench.errors import InvalidInput
from workbench.frames import METRICS
from workbench.metrics import Metrics, metric, registry
from workbench.runs import Record, Status

EVIL = "<script>alert('x')</script>"

SCORES = Metrics(
    total_return=0.1,
    cagr=0.05,
    sharpe_ratio=1.0,
    sortino_ratio=1.5,
    max_drawdown=-0.2,
    max_drawdown_at=datetime(2024, 1, 2, 23, 59, 59, tzinfo=UTC),  # 2024-01-02 23:59:59 UTC
    volatility=0.15,
    calmar_ratio=0.25,
    periods_per_year=252,
    final_balance=11_000.0,
    total_trades=4,
    winning_trades=3,
    losing_trades=1,
    break_even_trades=0,
    win_rate=0.75,
    profit_factor=2.0,
    average_win=500.0,
    average_loss=-500.0,
    expectancy=250.0,
)
UNDEFINED: dict[str, Any] = dict.fromkeys(
    (*(name for name, kind in METRICS.items() if kind == "number"), "max_drawdown_at")
)
NOTHING = replace(SCORES, **UNDEFINED)
"""A run without a trade whose every ratio is undefined."""

RECORD = Record(
    run_id=UUID(int=0),
    strategy_key="c",
    strategy_name="C",
    strategy_type="custom",
    strategy_path="m:C",
    instrument_id="A.B",
    bar="1-DAY-LAST-EXTERNAL",
    period_start=datetime(2024, 1, 1, tzinfo=UTC),
    period_end=datetime(2024, 1, 3, 23, 59, 59, 999999, tzinfo=UTC),
    initial_capital=Decimal(10_000),
    currency="USD",
    data_source="csv",
    params={},
    status=Status.COMPLETED,
    started_at=datetime(2026, 1, 1, tzinfo=UTC),
    finished_at=datetime(2026, 1, 1, 0, 0, 1, tzinfo=UTC),
    duration=1.0,
    error=None,
    warnings=(),
    metrics=SCORES,
)


def scores(**values: Any) -> Metrics:
    """`SCORES` with some of the metrics changed."""
    return replace(SCORES, **values)


STRATEGY = StrategyUse(path="m:C", config_path="m:Config", name="C", type="custom", params={}, code={"m": "ab"})
DATA = DataUse(
    instrument_id="A.B",
    bar="1-DAY-LAST-EXTERNAL",
    source="csv",
    rows=3,
    first="2024-01-01T23:59:59+00:00",
    last="2024-01-03T23:59:59+00:00",
    fingerprint="cd" * 32,
)
VENUE = VenueUse(name="B", oms="netting", account="margin", currency="USD", capital="10000")
SNAPSHOT = Snapshot(
    strategies=(STRATEGY,),
    instruments={
        "A.B": {"type": "Equity", "id": "A.B", "maker_fee": "0", "taker_fee": "0", "isin": None, "ts_init": 7}
    },
    data=(DATA,),
    venues=(VENUE,),
    start="2024-01-01T00:00:00+00:00",
    end="2024-01-03T23:59:59.999999+00:00",
    periods_per_year=252,
    risk_free=0.0,
    engine={"name": "nautilus_trader", "version": "1.231.0"},
)


def run_id(number: int) -> str:
    return f"{number:08x}-0000-4000-8000-000000000000"


def recorded(*changes: dict[str, Any], of: Snapshot = SNAPSHOT) -> list[tuple[Record, Snapshot]]:
    """A run per change of the record, its configuration changed with it."""
    records = [replace(RECORD, run_id=UUID(run_id(n)), **one) for n, one in enumerate(changes, start=1)]
    return [(record, snapshot_of(record, of)) for record in records]


def snapshot_of(record: Record, of: Snapshot) -> Snapshot:
    """The configuration of which a run would have this record."""
    use = replace(
        of.strategy,
        path=record.strategy_path,
        name=record.strategy_name,
        type=record.strategy_type,
        params=record.params,
    )
    data = replace(of.data[0], instrument_id=record.instrument_id, bar=record.bar, source=record.data_source)
    return replace(
        of,
        strategies=(use, *of.strategies[1:]),
        instruments={record.instrument_id: of.instruments["A.B"]},
        data=(data, *of.data[1:]),
        venues=(replace(of.venue, capital=str(record.initial_capital), currency=record.currency), *of.venues[1:]),
        start=record.period_start.isoformat(),
        end=record.period_end.isoformat(),
    )


def scored(*changes: dict[str, Any]) -> list[tuple[Record, Snapshot]]:
    """A run per change of the metrics."""
    return recorded(*({"metrics": replace(SCORES, **one)} for one in changes))


def configured(*changes: dict[str, Any]) -> list[tuple[Record, Snapshot]]:
    """A run per change of the snapshot."""
    runs = recorded(*({} for _ in changes))
    return [(record, replace(SNAPSHOT, **one)) for (record, _), one in zip(runs, changes, strict=True)]


def row(runs: list[tuple[Record, Snapshot]], name: str, section: str | None = None) -> Row:
    rows = [one for one in side_by_side(runs).rows if one.name == name and section in (None, one.section)]
    assert len(rows) == 1, name
    return rows[0]


def best(runs: list[tuple[Record, Snapshot]], name: str) -> list[int]:
    """Numbers of the best runs, counted from 1."""
    return [position + 1 for position in row(runs, name).best]


@pytest.fixture
def own_metric() -> Iterator[None]:
    """A metric of the user's own, the lower the better."""

    @metric(higher_is_better=False)
    def pain(equity: Any) -> float:
        return 0.0

    yield
    registry._specs.pop("pain")


# --- shape


def test_the_frame_has_a_row_per_metric_setting_and_parameter_and_a_column_per_run_in_the_order_given() -> None:
    runs = recorded({"params": {"fast": 10}}, {"params": {"fast": 5}}, {"params": {"fast": 20}})
    frame = compare([runs[2], runs[0], runs[1]])
    assert list(frame.columns) == [*COLUMNS, run_id(3), run_id(1), run_id(2)]
    assert list(dict.fromkeys(frame["section"])) == ["metrics", "settings", "parameters"]
    metrics = frame[frame["section"] == "metrics"]
    assert metrics["name"].tolist() == [*METRICS, "formulas_version"]
    fast = frame[frame["name"] == "fast"].iloc[0]
    assert (fast["differs"], fast["best"]) == (True, "")
    assert [fast[run_id(n)] for n in (3, 1, 2)] == ["20", "10", "5"]


def test_values_are_text_in_full_and_undefined_ones_are_empty() -> None:
    runs = scored({"sharpe_ratio": 0.1 + 0.2}, {"sharpe_ratio": None})
    assert row(runs, "sharpe_ratio").values == ("0.30000000000000004", "")
    assert row(runs, "max_drawdown_at").values == ("2024-01-02 23:59:59+00:00",) * 2
    assert row(runs, "start").values == ("2024-01-01 00:00:00+00:00",) * 2
    assert row(runs, "capital").values == ("10000", "10000")
    assert row(runs, "data.fingerprint").values == ("cd" * 32,) * 2


def test_pandas_and_polars_have_equal_columns_and_values() -> None:
    runs = recorded({"params": {"fast": 10}}, {"metrics": None, "status": Status.FAILED})
    for only in (False, True):
        left, right = compare(runs, only_differences=only), compare(runs, only_differences=only, kind="polars")
        assert list(left.columns) == right.columns
        for name in right.columns:
            assert left[name].tolist() == right[name].to_list(), name
        assert left.notes == right.notes
    assert right.schema["differs"] == pl.Boolean


@pytest.mark.parametrize("kind", ["pandas", "polars"])
def test_runs_that_do_not_differ_leave_an_empty_frame_of_the_same_columns_and_types(kind: Any) -> None:
    runs = recorded({}, {})
    full, empty = compare(runs, kind=kind), compare(runs, kind=kind, only_differences=True)
    assert len(empty) == 0
    assert list(empty.columns) == list(full.columns)
    assert list(empty.dtypes) == list(full.dtypes)
    assert not full["differs"].any()
    assert set(full["best"]) == {""}
    assert "The runs do not differ." in empty._repr_html_()


def test_ten_runs_fit() -> None:
    runs = scored(*({"sharpe_ratio": n / 10} for n in range(10)))
    frame = compare(runs)
    assert len(frame.columns) == len(COLUMNS) + 10
    assert best(runs, "sharpe_ratio") == [10]
    assert frame._repr_html_().count("<th scope='col'") == 10


# --- best


def test_best_goes_by_the_metrics_own_direction() -> None:
    runs = scored(
        {"max_drawdown": -0.2, "volatility": 0.3, "average_loss": -10.0, "sharpe_ratio": -1.0},
        {"max_drawdown": -0.05, "volatility": 0.1, "average_loss": -30.0, "sharpe_ratio": -2.0},
    )
    assert best(runs, "max_drawdown") == [2]  # -0.05 lost less than -0.20
    assert best(runs, "volatility") == [2]  # 0.1 < 0.3, lower is better
    assert best(runs, "average_loss") == [1]  # -10 lost less than -30
    assert best(runs, "sharpe_ratio") == [1]


def test_counts_times_settings_and_parameters_have_no_best() -> None:
    runs = scored(
        {"total_trades": 1, "max_drawdown_at": 1, "formulas_version": 3}, {"total_trades": 9, "max_drawdown_at": 2}
    )
    runs[0] = (replace(runs[0][0], params={"fast": 10}), runs[0][1])
    marked = {one.name for one in side_by_side(runs).rows if one.best}
    assert marked == set()
    assert row(runs, "total_trades").differs


def test_the_best_of_a_tie_are_all_that_share_it_by_their_full_ids() -> None:
    runs = scored({"sharpe_ratio": 2.0}, {"sharpe_ratio": 1.0}, {"sharpe_ratio": 2.0})
    frame = compare(runs).set_index("name")
    assert frame.loc["sharpe_ratio", "best"] == f"{run_id(1)}, {run_id(3)}"


def test_where_all_runs_are_equal_none_is_better() -> None:
    assert best(scored({}, {}, {}), "sharpe_ratio") == []
    assert best(scored({"max_drawdown": 0.0}, {"max_drawdown": -0.0}), "max_drawdown") == []


def test_undefined_is_never_best() -> None:
    values = ({"sharpe_ratio": None}, {"sharpe_ratio": -3.0}, {"sharpe_ratio": -4.0})
    assert best(scored(*values), "sharpe_ratio") == [2]
    assert best(scored({"sharpe_ratio": None}, {"sharpe_ratio": -3.0}), "sharpe_ratio") == [2]
    for not_a_number in (float("nan"), float("inf")):
        runs = scored({"sharpe_ratio": not_a_number}, {"sharpe_ratio": 1.0})
        assert best(runs, "sharpe_ratio") == [2]
        assert row(runs, "sharpe_ratio").values == ("", "1.0")


def test_where_all_are_undefined_nothing_differs_and_nothing_is_best() -> None:
    runs = recorded({"metrics": NOTHING}, {"metrics": NOTHING})
    sharpe = row(runs, "sharpe_ratio")
    assert (sharpe.differs, sharpe.best, sharpe.values) == (False, (), ("", ""))
    runs = recorded({"metrics": None, "status": Status.FAILED}, {"metrics": None, "status": Status.INTERRUPTED})
    rows = [one for one in side_by_side(runs).rows if one.section == "metrics"]
    assert len(rows) == len(METRICS) + 1
    assert not any(one.differs or one.best or any(one.values) for one in rows)


def test_the_users_own_metric_is_compared_in_its_direction(own_metric: None) -> None:
    runs = scored({"custom": {"pain": 3.0}}, {"custom": {"pain": 2.0}}, {"custom": {}})
    assert best(runs, "pain") == [2]
    assert row(runs, "pain").values == ("3.0", "2.0", "")
    assert not side_by_side(runs).notes


def test_metrics_of_ones_own_stand_last_those_of_this_session_first(own_metric: None) -> None:
    names = [one.name for one in side_by_side(scored({"custom": {"tail": 1.0, "pain": 1.0}}, {})).rows]
    assert names[len(METRICS) : len(METRICS) + 3] == ["formulas_version", "pain", "tail"]


def test_a_metric_that_this_session_does_not_know_has_no_best_and_a_note_says_so() -> None:
    runs = scored({"custom": {"tail": 3.0}}, {"custom": {"tail": 2.0}})
    assert row(runs, "tail").differs
    assert best(runs, "tail") == []
    assert any("tail" in note and "not registered" in note.lower() for note in side_by_side(runs).notes)


def test_a_metric_is_read_as_its_run_declared_it_where_this_session_does_not_know_it(own_metric: None) -> None:
    runs = scored({"custom": {"tail": 0.5, "pain": 1.0}}, {"custom": {"tail": 0.25, "pain": 2.0}})
    # what the session has registered comes before what was saved: less pain stays better
    saved = {
        "tail": {"label": "Tail", "unit": "fraction", "higher_is_better": False},
        "pain": {"label": "Joy", "unit": "count", "higher_is_better": True},
    }
    comparison = side_by_side(runs, saved=saved)
    rows = {each.name: each for each in comparison.rows}
    assert (rows["tail"].label, rows["tail"].show(0), rows["tail"].best) == ("Tail", "50.00%", (1,))
    assert (rows["pain"].label, rows["pain"].best) != ("Joy", (1,))
    assert rows["pain"].best == (0,)
    assert not comparison.notes


def test_money_of_two_currencies_has_no_best_but_fractions_have() -> None:
    runs = recorded(
        {"currency": "JPY", "metrics": scores(final_balance=1_100_000.0, total_return=0.1)},
        {"metrics": scores(final_balance=12_000.0, total_return=0.2)},
    )
    assert best(runs, "final_balance") == []
    assert best(runs, "total_return") == [2]
    assert any("JPY, USD" in note for note in side_by_side(runs).notes)


# --- differs


def of_params(*params: dict[str, Any]) -> list[tuple[Record, Snapshot]]:
    return recorded(*({"params": one} for one in params))


SAME = {
    "whole and fraction": (1, 1.0),
    "lists of them": ([1, {"a": 2}], [1.0, {"a": 2.0}]),
    "undefined": (None, None),
    "empty": ({}, {}),
}
OTHER = {
    "switch and number": (True, 1),
    "switch and number in a list": ([False], [0]),
    "number and its text": (1, "1"),
    "none and empty text": (None, ""),
    "none and none given": ({"a": None}, {}),
    "order of a list": ([1, 2], [2, 1]),
    "switch and number further in": ([{"a": True}], [{"a": 1}]),
    "last digit": (0.1 + 0.2, 0.3),
}


@pytest.mark.parametrize("pair", SAME)
def test_equal_values_do_not_differ(pair: str) -> None:
    left, right = SAME[pair]
    assert not row(of_params({"p": left}, {"p": right}), "p").differs


@pytest.mark.parametrize("pair", OTHER)
def test_other_values_differ(pair: str) -> None:
    left, right = OTHER[pair]
    rows = side_by_side(of_params({"p": left}, {"p": right})).rows
    parameters = [one for one in rows if one.section == "parameters"]
    assert parameters
    assert all(one.differs for one in parameters)


def test_decimal_text_that_is_the_same_number_does_not_differ() -> None:
    costs = {"maker_fee": "0", "taker_fee": "0.0010", "price_increment": "0.00000001"}
    other = {"maker_fee": "0.00", "taker_fee": "0.001", "price_increment": "1E-8"}
    long = replace(VENUE, capital="10000.00", leverage="2.0", fees=Fees(amount="1.50"))
    runs = configured(
        {"venues": (long,), "instruments": {"A.B": costs}},
        {"venues": (replace(VENUE, leverage="2", fees=Fees(amount="1.5")),), "instruments": {"A.B": other}},
    )
    assert [one.name for one in side_by_side(runs, only_differences=True).rows] == []
    assert row(runs, "capital").values == ("10000.00", "10000")
    assert row(runs, "fees.taker").values == ("0.0010", "0.001")
    assert row(runs, "instrument.price_increment").values[0] == "0.00000001"


def test_when_an_instrument_was_defined_and_what_its_definition_leaves_open_are_no_rows() -> None:
    definition = SNAPSHOT.instruments["A.B"]
    runs = configured({}, {"instruments": {"A.B": {**definition, "ts_init": 8}}})
    rows = side_by_side(runs).rows
    assert [one.name for one in rows if one.name.startswith("instrument.")] == ["instrument.type"]
    odd = {"instruments": {"A.B": {**definition, "tick_scheme_name": "NaN"}}}
    assert not row(configured(odd, odd), "instrument.tick_scheme_name").differs


def test_nested_parameters_are_taken_apart_by_dots() -> None:
    runs = of_params(
        {"fast": 10, "inner": {"level": 1, "deep": {"on": True}}, "orders": {}},
        {"fast": 10, "inner": {"level": 2, "deep": {"on": True}}, "orders": {"1": 90.0}},
    )
    rows = [one for one in side_by_side(runs).rows if one.section == "parameters"]
    assert [(one.name, one.values, one.differs) for one in rows] == [
        ("fast", ("10", "10"), False),
        ("inner.deep.on", ("True", "True"), False),
        ("inner.level", ("1", "2"), True),
        ("orders", ("{}", ""), True),
        ("orders.1", ("", "90.0"), True),
    ]


def test_two_parameters_with_one_dotted_name_keep_their_values() -> None:
    runs = of_params({"a": {"b": 1}, "a.b": 2}, {"a": {"b": 1}, "a.b": 3})
    rows = [one for one in side_by_side(runs).rows if one.section == "parameters"]
    assert [(one.name, one.values) for one in rows] == [("a.b", ("1", "1")), ("a.b", ("2", "3"))]


def test_a_parameter_that_a_strategy_does_not_have_is_empty_and_differs() -> None:
    lookback = row(of_params({"lookback": 20}, {"fast": 10}), "lookback")
    assert (lookback.values, lookback.shown, lookback.differs) == (("20", ""), ("20", "–"), True)


SETTINGS: dict[str, dict[str, Any]] = {
    "strategy_code": {"strategies": (replace(STRATEGY, code={"m": "ac"}),)},
    "data.rows": {"data": (replace(DATA, rows=4),)},
    "data.fingerprint": {"data": (replace(DATA, fingerprint="ce"),)},
    "venue": {"venues": (replace(VENUE, name="X"),)},
    "account": {"venues": (replace(VENUE, account="cash"),)},
    "oms": {"venues": (replace(VENUE, oms="hedging"),)},
    "leverage": {"venues": (replace(VENUE, leverage="2"),)},
    "capital": {"venues": (replace(VENUE, capital="20000"),)},
    "seed": {"venues": (replace(VENUE, fill=replace(VENUE.fill, seed=5)),)},
    "fees.taker": {"instruments": {"A.B": {**SNAPSHOT.instruments["A.B"], "taker_fee": "0.001"}}},
    "instrument.lot_size": {"instruments": {"A.B": {**SNAPSHOT.instruments["A.B"], "lot_size": "100"}}},
    "risk_free": {"risk_free": 0.02},
    "usual_periods": {"periods_per_year": 365},
    "engine.version": {"engine": {"name": "nautilus_trader", "version": "1.232.0"}},
}


@pytest.mark.parametrize("name", SETTINGS)
def test_a_changed_setting_is_the_one_row_that_differs(name: str) -> None:
    changed = side_by_side(configured({}, SETTINGS[name]), only_differences=True).rows
    assert [one.name for one in changed] == [name]
    assert changed[0].section == "settings"


def test_a_fixed_commission_is_compared_with_the_rates_of_an_instrument() -> None:
    runs = configured({}, {"venues": (replace(VENUE, fees=Fees(model="fixed", amount="1")),)})
    changed = {one.name: one.values for one in side_by_side(runs, only_differences=True).rows}
    assert changed == {
        "fees.model": ("instrument", "fixed"),
        "fees.amount": ("", "1"),
        "fees.maker": ("0", ""),
        "fees.taker": ("0", ""),
    }


def test_what_stands_behind_the_first_data_venue_or_strategy_is_compared_too() -> None:
    other = replace(DATA, bar="1-DAY-ASK-EXTERNAL")
    runs = configured(
        {"data": (DATA, other), "venues": (VENUE, VENUE), "strategies": (STRATEGY, STRATEGY)},
        {
            "data": (DATA, replace(other, fingerprint="ce")),
            "venues": (VENUE, replace(VENUE, leverage="3")),
            "strategies": (STRATEGY, replace(STRATEGY, params={"fast": 5})),
            "instruments": {**SNAPSHOT.instruments, "C.B": {"type": "Equity"}},
        },
    )
    changed = {one.name: one.values for one in side_by_side(runs, only_differences=True).rows}
    assert changed["data_2.fingerprint"] == ("cd" * 32, "ce")
    assert changed["venue_2.leverage"] == ("1", "3")
    assert changed["strategy_2.fast"] == ("", "5")
    assert changed["instrument C.B.type"] == ("", "Equity")


def test_code_that_could_not_be_read_is_empty_not_equal_to_a_digest() -> None:
    runs = configured({"strategies": (replace(STRATEGY, code={}),)}, {})
    code = row(runs, "strategy_code")
    assert code.values[0] == ""
    assert len(code.values[1]) == 64


# --- notes


JANUARY = {"period_end": datetime(2024, 1, 31, 23, 59, 59, 999999, tzinfo=UTC)}
NOTES: dict[str, tuple[dict[str, Any], dict[str, Any], list[str]]] = {
    "instruments": ({"instrument_id": "X.Y"}, {}, ["Instruments differ: A.B, X.Y."]),
    "bars": ({"bar": "1-HOUR-LAST-EXTERNAL"}, {}, ["Bars differ: 1-DAY-LAST, 1-HOUR-LAST."]),
    "periods": (JANUARY, {}, ["Periods differ: 2024-01-01 to 2024-01-03, 2024-01-01 to 2024-01-31."]),
    "data": ({}, SETTINGS["data.fingerprint"], ["The data of A.B 1-DAY-LAST-EXTERNAL differs"]),
    "data of another period": (JANUARY, SETTINGS["data.fingerprint"], ["Periods differ"]),
    "formulas": ({"metrics": replace(SCORES, formulas_version=1)}, {}, ["Formula versions differ: 2, 1."]),
    "currency": ({"currency": "JPY"}, {}, ["Currencies differ: USD, JPY."]),
    "capital": (
        {"initial_capital": Decimal(20_000)},
        {},
        ["Initial capital differs: 10,000.00 USD, 20,000.00 USD."],
    ),
    "risk-free rate": ({}, SETTINGS["risk_free"], ["Risk-free rates differ: 0.0, 0.02."]),
    "periods per year": (
        {"metrics": scores(periods_per_year=365)},
        {},
        ["Periods per year differ: 252, 365."],
    ),
    "engine": ({}, SETTINGS["engine.version"], ["Engines differ: nautilus_trader 1.231.0, nautilus_trader 1.232.0."]),
    "code": ({}, SETTINGS["strategy_code"], ["The code of m:C was changed"]),
    "another strategy": ({"strategy_path": "m:D"}, SETTINGS["strategy_code"], []),
    "a failed run": (
        {"status": Status.FAILED, "metrics": None},
        {},
        ["Run 00000002 has no metrics: its status is failed."],
    ),
    "parameters": ({"params": {"fast": 5}}, {}, []),
}


@pytest.mark.parametrize("case", NOTES)
def test_a_note_says_where_the_numbers_do_not_mean_the_same_and_only_there(case: str) -> None:
    of_record, of_snapshot, expected = NOTES[case]
    first, second = recorded({}, of_record)
    found = side_by_side([first, (second[0], replace(SNAPSHOT, **of_snapshot))]).notes
    assert len(found) == len(expected)
    assert all(note.startswith(start) for note, start in zip(found, expected, strict=True)), found


def test_capital_in_two_currencies_is_one_note() -> None:
    (note,) = side_by_side(recorded({"currency": "JPY", "initial_capital": Decimal(1)}, {})).notes
    assert note.startswith("Currencies differ: JPY, USD.")


def test_notes_stay_when_only_differences_are_asked_for_and_when_the_frame_is_filtered() -> None:
    runs = recorded({}, {"instrument_id": "X.Y"})
    frame = compare(runs, only_differences=True)
    assert frame.notes == side_by_side(runs).notes
    assert frame[frame["differs"]].attrs["notes"] == list(frame.notes)
    assert frame.notes[0] in repr(frame)
    assert frame.notes[0] in str(compare(runs, kind="polars"))


# --- frames


@pytest.mark.parametrize("kind", ["pandas", "polars"])
def test_what_is_made_from_a_comparison_is_a_plain_frame(kind: Any) -> None:
    frame = compare(recorded({}, {"params": {"fast": 5}}), kind=kind)
    plain = pd.DataFrame if kind == "pandas" else pl.DataFrame
    assert isinstance(frame, plain)
    made: list[Any] = [frame.head(2), frame[["name", "best"]], frame[1:3]]
    made.append(frame.copy() if isinstance(frame, pd.DataFrame) else frame.clone())
    assert {type(one) for one in made} == {plain}
    assert "wb-compare" not in made[0]._repr_html_()


@pytest.mark.parametrize("kind", ["pandas", "polars"])
def test_a_comparison_goes_through_a_pickle(kind: Any) -> None:
    frame = compare(recorded({}, {"instrument_id": "X.Y"}), kind=kind)
    again = pickle.loads(pickle.dumps(frame))
    assert again.equals(frame)
    assert again.notes == frame.notes
    assert again._repr_html_() == frame._repr_html_()


@pytest.mark.parametrize("kind", ["pandas", "polars"])
def test_a_frame_that_was_changed_in_place_is_shown_as_it_is_now(kind: Any) -> None:
    frame = compare(recorded({}, {}), kind=kind)
    if kind == "pandas":
        frame["mine"] = "changed"
    else:
        frame.insert_column(0, pl.lit("changed").alias("mine"))
    assert "wb-compare" not in frame._repr_html_()
    assert "mine" in frame._repr_html_()


def test_importing_the_comparison_imports_neither_kind_of_frame() -> None:
    import subprocess
    import sys

    code = "import sys, workbench.comparison; print([n for n in ('pandas', 'polars', 'pyarrow') if n in sys.modules])"
    answer = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert answer.stdout.strip() == "[]"


# --- the view


def cells(page: str, label: str) -> list[str]:
    """The cells of a row of the view, as they are written."""
    found = re.search(rf"<tr><th class='wb-name' scope='row'[^>]*>{re.escape(label)}</th>(.*?)</tr>", page)
    assert found, label
    return re.findall(r"<td.*?</td>", found[1])


def test_best_and_differing_are_marked_by_signs_not_by_colour() -> None:
    page = compare(scored({"sharpe_ratio": 1.25}, {"sharpe_ratio": 0.5}))._repr_html_()
    assert cells(page, "Sharpe ratio") == [
        "<td class='wb-mark'>≠</td>",
        "<td class='wb-best'>★ <strong>1.25</strong></td>",
        "<td title='0.5'>0.50</td>",
    ]
    assert cells(page, "Win rate")[0] == "<td class='wb-mark'></td>"
    assert "background" not in page
    assert "var(--jp-content-font-color1,inherit)" in page


def test_metrics_are_shown_by_their_unit_with_the_full_number_under_the_mouse() -> None:
    page = compare(scored({}, {"total_return": None}))._repr_html_()
    assert cells(page, "Total return")[1:] == [
        "<td class='wb-best' title='0.1'>★ <strong>10.00%</strong></td>",
        "<td>–</td>",
    ]
    assert cells(page, "Final balance")[1] == "<td title='11000.0'>11,000.00 USD</td>"
    assert cells(page, "Trades")[1] == "<td>4</td>"
    assert cells(page, "Max drawdown on")[1] == "<td title='2024-01-02 23:59:59+00:00'>2024-01-02</td>"
    assert cells(page, "formulas_version")[1] == "<td>2</td>"
    assert cells(page, "fees.amount")[1] == "<td>None</td>"
    assert cells(page, "capital")[1] == "<td title='10000'>10,000.00 USD</td>"
    assert cells(page, "data.fingerprint")[1] == f"<td title='{'cd' * 32}'>{'cd' * 6}</td>"


def test_ids_are_short_and_the_whole_one_is_under_the_mouse() -> None:
    page = compare(recorded({}, {"strategy_name": "Other"}))._repr_html_()
    heads = re.findall(r"<th scope='col' title='(.*?)'>(.*?)<small>(.*?)</small>", page)
    assert heads == [(run_id(1), "00000001", "C"), (run_id(2), "00000002", "Other")]


def test_ids_that_begin_alike_are_shown_as_far_as_they_tell_runs_apart() -> None:
    runs = recorded({}, {})
    alike = [UUID("12345678-aaaa-4000-8000-000000000000"), UUID("12345678-aabb-4000-8000-000000000000")]
    runs = [(replace(record, run_id=one), snapshot) for (record, snapshot), one in zip(runs, alike, strict=True)]
    assert side_by_side(runs).short_ids == ("12345678-aaa", "12345678-aab")


def test_sections_are_groups_of_rows_and_notes_stand_below() -> None:
    page = compare(recorded({"params": {"fast": 1}}, {"instrument_id": "X.Y"}))._repr_html_()
    assert re.findall(r"scope='rowgroup' colspan='4'>(\w+)<", page) == ["Metrics", "Settings", "Parameters"]
    assert page.count("<tbody>") == page.count("</tbody>") == 3
    assert page.index("</table>") < page.index("<li>Instruments differ: A.B, X.Y.")


def test_nothing_of_a_users_names_and_values_is_executed() -> None:
    runs = recorded(
        {
            "strategy_name": EVIL,
            "strategy_path": EVIL,
            "strategy_type": EVIL,
            "instrument_id": EVIL,
            "bar": f"{EVIL}'\"",
            "currency": EVIL,
            "params": {EVIL: EVIL, EVIL * 3: 1, "inner": {"' onmouseover='x": "' onmouseover='x"}, "long": EVIL * 9},
            "metrics": replace(SCORES, custom={EVIL: 1.5}),
        },
        {"currency": EVIL, "metrics": scores(final_balance=1.0)},
    )
    page = compare(runs)._repr_html_()
    assert "<script" not in page
    assert "' onmouseover" not in page
    assert "&lt;script&gt;" in page
    # every attribute is in single quotes, and no value brings one of its own
    assert not re.search(r"<\w+[^>]*='[^']*'[^\s>/]", page)


def test_a_long_value_is_cut_in_the_view_and_whole_in_the_frame() -> None:
    runs = of_params({"note": "x" * 100_000}, {"n" * 500: 1})
    runs[0] = (replace(runs[0][0], strategy_name="s" * 500), runs[0][1])
    frame = compare(runs)
    assert frame.set_index("name").loc["note", run_id(1)] == "x" * 100_000
    page = frame._repr_html_()
    assert len(page) < 20_000
    assert f"{'x' * 59}…" in page
    assert f"{'n' * 59}…" in page
    assert f"<small>{'s' * 59}…</small>" in page


def test_the_same_comparison_has_the_same_text() -> None:
    runs = recorded({"params": {"b": 1, "a": 2}}, {"params": {"a": 2, "c": 3}})
    assert compare(runs)._repr_html_() == compare(runs)._repr_html_() == compare(runs, kind="polars")._repr_html_()


# --- what is refused


def test_one_run_or_none_is_refused_with_what_was_given() -> None:
    with pytest.raises(InvalidInput, match=f"2 to 10 runs, and only one was given: {run_id(1)}"):
        compare(recorded({}))
    with pytest.raises(InvalidInput, match="2 to 10 runs, and none was given"):
        compare([])


def test_eleven_runs_are_refused_and_the_eleventh_is_named() -> None:
    with pytest.raises(InvalidInput, match=f"2 to 10 runs, and 11 were given: {run_id(11)} is the first too many"):
        compare(recorded(*({} for _ in range(11))))


def test_a_list_in_place_of_ids_is_told_how_to_be_given() -> None:
    with pytest.raises(InvalidInput, match=r"wb\.compare\(\*ids\) for a list"):
        check_number([["3f2a", "9c01"]])


def test_a_run_is_named_by_its_id_and_a_long_text_is_cut() -> None:
    class Named:
        id = "3f2a"

    with pytest.raises(InvalidInput, match="only one was given: 3f2a\\. "):
        check_number([Named()])
    with pytest.raises(InvalidInput) as caught:
        check_number(["a" * 1000])
    assert "a" * 81 not in str(caught.value)


def test_the_same_run_twice_is_refused_with_its_id_and_its_places() -> None:
    first, second = recorded({}, {})
    with pytest.raises(InvalidInput, match=f"run {run_id(1)} is given twice, as number 1 and number 3"):
        compare([first, second, first])


def test_the_values_are_frozen() -> None:
    made = side_by_side(recorded({}, {}))
    assert isinstance(made, Comparison)
    with pytest.raises(AttributeError):
        made.notes = ()  # type: ignore[misc]
