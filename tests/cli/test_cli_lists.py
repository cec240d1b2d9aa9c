"""``ntrader history --param`` and ``ntrader best``: searching and ranking in a terminal."""

from __future__ import annotations

import json
import re
from typing import Any

import pytest
from typer.testing import CliRunner

from tests.support.plausible import OWN, Made, write
from workbench import ABSENT, PRESENT, Workbench
from workbench.cli import app
from workbench.errors import InvalidInput
from workbench.settings import Settings
from workbench.verbs.param_expressions import wanted_params


@pytest.fixture
def ask(wb: Workbench, monkeypatch: pytest.MonkeyPatch) -> Any:
    """Four runs, fast_period 5, 10, 15 and none, Sharpe ratios 0.5, 2, undefined and 1; a way to ask for them."""
    for number, (fast, sharpe) in enumerate([(5, 0.5), (10, 2.0), (15, None), (None, 1.0)]):
        params = {} if fast is None else {"fast_period": fast}
        metrics = {"sharpe_ratio": sharpe, "profit_factor": float(number + 1)}
        write(wb._session.records, Made(number=number, params=params, metrics=metrics))
    where: Settings = wb.where
    monkeypatch.setenv("WORKBENCH_HOME", str(where.home))
    monkeypatch.setenv("DATABASE_URL", str(where.database_url))

    def asked(*words: str) -> Any:
        return CliRunner().invoke(app, list(words))

    return asked


def fasts(answer: Any) -> list[Any]:
    assert answer.exit_code == 0, answer.stderr
    return [row["params"].get("fast_period") for row in json.loads(answer.stdout)]


@pytest.mark.parametrize(
    ("wanted", "found"),
    [
        ("fast_period=10", [10]),
        ("fast_period=10.0", [10]),
        ("fast_period=5,15", [15, 5]),
        ("fast_period=6..15", [15, 10]),
        ("fast_period=..10", [10, 5]),
        ("fast_period=10..", [15, 10]),
        ("fast_period", [15, 10, 5]),
        ("fast_period=", [None]),
        ("fast_period=ten", []),
    ],
)
def test_the_record_is_searched_by_parameter(ask: Any, wanted: str, found: list[Any]) -> None:
    assert fasts(ask("history", "--param", wanted, "--json")) == found


def test_the_best_come_first_and_undefined_ones_not_at_all(ask: Any) -> None:
    assert fasts(ask("best", "--json")) == [10, None, 5]
    assert fasts(ask("best", "profit_factor", "--param", "fast_period", "--limit", "2", "--json")) == [15, 10]


def test_the_metric_has_a_column_of_its_own(ask: Any) -> None:
    shown = ask("best", "profit_factor").stdout.splitlines()
    assert "Profit factor" in shown[0]
    assert "4.00" in shown[1]
    assert shown[0].count("Sharpe") == ask("best").stdout.splitlines()[0].count("Sharpe") == 1


def test_names_and_tags_are_listed_where_runs_have_some(ask: Any) -> None:
    heads = ["Return", "Sharpe", "Max", "DD", "Trades"]
    assert ask("history").stdout.splitlines()[0].split()[-5:] == heads
    ids = [row["run_id"] for row in json.loads(ask("best", "--json").stdout)]
    assert ask("note", ids[0], "the first", "--name", "base").exit_code == 0
    assert ask("tag", ids[0], "ema", "day").exit_code == 0
    lines = ask("history").stdout.splitlines()
    assert lines[0].split()[-7:] == [*heads, "Name", "Tags"]
    assert [line.split()[-3:] for line in lines if ids[0] in line] == [["base", "day,", "ema"]]


def test_a_narrow_terminal_lists_names_and_tags_below_the_run(ask: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    ids = [row["run_id"] for row in json.loads(ask("best", "--json").stdout)]
    assert ask("note", ids[0], "the first", "--name", "base").exit_code == 0
    assert ask("tag", ids[0], "ema", "day").exit_code == 0
    for name, value in {"TTY_COMPATIBLE": "1", "COLUMNS": "80", "NO_COLOR": "1"}.items():
        monkeypatch.setenv(name, value)
    lines = re.sub(r"\x1b\[[0-9;]*m", "", ask("history").stdout).splitlines()
    assert max(map(len, lines)) <= 80
    assert [line.strip() for line in lines if line.startswith("   ")] == ["base", "day, ema"]


def test_several_tags_are_all_asked_for(ask: Any) -> None:
    first, second, _ = [row["run_id"] for row in json.loads(ask("best", "--json").stdout)]
    assert ask("tag", first, "ema", "day").exit_code == 0
    assert ask("tag", second, "day").exit_code == 0
    for words in (["--tag", "ema", "--tag", "day"], ["--tag", "day", "--tag", "ema"]):
        assert [row["run_id"] for row in json.loads(ask("history", *words, "--json").stdout)] == [first]
    assert len(json.loads(ask("history", "--tag", "day", "--json").stdout)) == 2


def test_the_order_has_a_column_of_its_own(ask: Any, wb: Workbench) -> None:
    write(wb._session.records, Made(number=9, metrics={"custom": {OWN: 0.25}}))
    head, first, *_ = ask("history", "--sort", OWN).stdout.splitlines()
    assert OWN in head
    assert "0.25" in first.split()


def test_csv_has_the_metric_first(ask: Any) -> None:
    assert ask("best", "cagr", "--csv").stdout.startswith("run_id,cagr,strategy_name,")


def test_the_ids_of_one_answer_are_the_input_of_the_next(ask: Any) -> None:
    (first,) = json.loads(ask("best", "--limit", "1", "--json").stdout)
    assert first["run_id"] in ask("show", first["run_id"]).stdout


@pytest.mark.parametrize(
    ("words", "says"),
    [
        (("best", "sharp"), "Did you mean 'sharpe_ratio'"),
        (("best", "total_trades"), "neither more nor less of 'total_trades' is better"),
        (("history", "--sort", "cagr"), "--sort 'cagr' is not one of"),
        (("history", "--sort", "cagr"), "ntrader best cagr ranks by it"),
        (("history", "--tag", "a,b"), "tag 'a,b' has a comma. Give each tag by itself."),
        (("best", "--limit", "0"), "1 to 1000"),
        (("best", "--since", "soon"), "--since 'soon'"),
        (("best", "--json", "--csv"), "Leave one out"),
        (("history", "--param", "=5"), "has no name"),
        (("history", "--param", "a=1", "--param", "a=2"), "given twice"),
        (("history", "--param", "a=15..5"), "Swap them"),
        (("history", "--param", "a=.."), "not a range"),
        (("history", "--param", "a=1..2..3"), "not a range"),
    ],
)
def test_bad_input_is_one_line_that_says_what_to_type(ask: Any, words: tuple[str, ...], says: str) -> None:
    answer = ask(*words)
    assert says in answer.stderr + answer.stdout
    assert "Traceback" not in answer.stderr
    assert answer.exit_code == 1


@pytest.mark.parametrize(
    ("typed", "wanted"),
    [
        ("x=1", 1),
        ("x=1,2", [1, 2]),
        ("x=a,b", ["a", "b"]),
        ("x=[1, 2]", [1, 2]),
        ('x={"a": 1, "b": 2}', {"a": 1, "b": 2}),
        ('x="a,b"', "a,b"),
        ("x=1..2", ("1", "2")),
        ("x=-1.5..", ("-1.5", None)),
        ("x=1e3..2e3", ("1e3", "2e3")),
        ("x=a..b", "a..b"),
        ("x", PRESENT),
        ("x=", ABSENT),
        ("inner.level=true", True),
    ],
)
def test_what_is_typed_is_what_is_asked(typed: str, wanted: Any) -> None:
    assert wanted_params([typed]) == {typed.partition("=")[0]: wanted}


def test_a_name_is_asked_for_once() -> None:
    with pytest.raises(InvalidInput, match="x=5,10"):
        wanted_params(["x=1", "x=2"])


def test_runs_are_compared_side_by_side_in_the_order_given(ask: Any) -> None:
    ids = [row["run_id"] for row in json.loads(ask("best", "--json").stdout)]
    answer = json.loads(ask("compare", *(one[:10] for one in ids), "--json").stdout)
    sharpe = next(row for row in answer["rows"] if row["name"] == "sharpe_ratio")
    assert [float(sharpe[one]) for one in ids] == [2.0, 1.0, 0.5]
    assert (sharpe["best"], sharpe["differs"]) == (ids[0], True)
    fast = next(row for row in answer["rows"] if row["name"] == "fast_period")
    assert [fast[one] for one in ids] == ["10", "", "5"]
    shown = ask("compare", *ids, "--only-differences")
    assert "★ 2.00" in shown.stdout
    assert "fast_period" in shown.stdout
    assert "  instrument " not in shown.stdout


def test_names_and_tags_of_runs_are_compared(ask: Any) -> None:
    ids = [row["run_id"] for row in json.loads(ask("best", "--json").stdout)]
    assert ask("note", ids[0], "the first", "--name", "base").exit_code == 0
    assert ask("tag", ids[0], "ema").exit_code == 0
    shown = ask("compare", *ids[:2]).stdout.splitlines()
    run, name, tags = shown[1:4]
    assert run.split() == ["Run"]
    assert name.split() == ["name", "≠", "base", "–"]
    assert tags.split() == ["tags", "≠", "ema", "–"]


@pytest.mark.parametrize(
    ("chosen", "says"), [([0], "2 to 10"), ([0, 0], "twice"), ([], "2 to 10"), ([0, "ffffffffff"], "'ffffffffff'")]
)
def test_what_cannot_be_compared_is_refused_with_the_reason(ask: Any, chosen: list[Any], says: str) -> None:
    ids = [row["run_id"] for row in json.loads(ask("history", "--json").stdout)]
    answer = ask("compare", *(ids[one] if isinstance(one, int) else one for one in chosen))
    assert answer.exit_code in (1, 2)
    assert says in answer.stderr or not chosen
