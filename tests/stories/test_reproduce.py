"""US5: a run is done again from its record alone, and the verdict names what differs and nothing else."""

from __future__ import annotations

import importlib
import os
import shutil
import subprocess
import sys
from collections.abc import Callable, Iterator
from datetime import UTC, datetime
from pathlib import Path
from typing import Any, Literal

import polars as pl
import psycopg
import pytest

from tests.stories.test_record import CLOSES, SCRIPT, import_closes, run_script
from tests.support.verdicts import verdict_of
from workbench import Run, Status, Workbench
from workbench.errors import InvalidInput, InvalidPeriod, RunFailed, RunNotFound, UnknownParameter
from workbench.settings import Settings

STRATEGY = """
import msgspec
from nautilus_trader.model.data import BarType
from nautilus_trader.model.enums import OrderSide
from nautilus_trader.model.identifiers import InstrumentId
from nautilus_trader.trading.config import StrategyConfig
from nautilus_trader.trading.strategy import Strategy
from again_helper import QUANTITY


class BuyConfig(StrategyConfig, kw_only=True, frozen=True):
    instrument_id: InstrumentId
    bar_type: BarType
    enter: int = 1
    leave: int = 7


class Buy(Strategy):
    def __init__(self, config: BuyConfig) -> None:
        super().__init__(config)
        self.seen = 0

    def on_start(self) -> None:
        self.subscribe_bars(self.config.bar_type)

    def on_bar(self, bar) -> None:
        self.seen += 1
        instrument = self.cache.instrument(self.config.instrument_id)
        if self.seen == self.config.enter:
            quantity = instrument.make_qty(QUANTITY)
            self.submit_order(self.order_factory.market(instrument.id, OrderSide.BUY, quantity))
        if self.seen == self.config.leave:
            self.close_all_positions(instrument.id)
"""
HELPER = "QUANTITY = 50\n"
BUY = "again_strategy:Buy"


@pytest.fixture
def project(fresh_wb: Workbench, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Path]:
    """A user's project with a strategy and a helper, beside market data of eight days."""
    import_closes(fresh_wb, tmp_path, CLOSES)
    folder = tmp_path / "project"
    folder.mkdir()
    (folder / "again_strategy.py").write_text(STRATEGY)
    (folder / "again_helper.py").write_text(HELPER)
    monkeypatch.syspath_prepend(folder)
    yield folder
    for name in [name for name in sys.modules if name.startswith("again_")]:
        del sys.modules[name]


def buy(wb: Workbench, **arguments: Any) -> Run:
    usual: dict[str, Any] = {"instrument": "ACME.TEST", "capital": 10_000, "progress": False}
    return wb.run(BUY, **usual | arguments)


def again(wb: Workbench, run: Run, **arguments: Any) -> Run:
    return wb.rerun(run, progress=False, **arguments)


def final_balance(run: Run) -> float:
    assert run.metrics is not None
    assert run.metrics.final_balance is not None
    return run.metrics.final_balance


def named(run: Run) -> list[tuple[str, str]]:
    return [(cause.kind, cause.name) for cause in verdict_of(run).causes]


def test_the_same_again_is_a_new_record_that_names_its_original(fresh_wb: Workbench, project: Path) -> None:
    first = buy(fresh_wb)
    second = again(fresh_wb, first)
    assert (second.id != first.id, second.rerun_of, second.status) == (True, first.id, Status.COMPLETED)
    verdict = verdict_of(second)
    assert (verdict.outcome, verdict.same, verdict.causes, verdict.divergence) == ("identical", True, (), None)
    assert (verdict.original, verdict.run) == (first.id, second.id)
    assert second.digest == first.digest
    assert second.config == first.config
    assert first.verdict is None
    # what was judged when it ran is judged the same when it is read
    assert fresh_wb.get(second.id).verdict == verdict
    assert str(verdict).startswith(f"identical: run {second.id[:8]} of {first.id[:8]}")


def test_a_chain_of_reruns_can_be_walked_back_to_the_first(fresh_wb: Workbench, project: Path) -> None:
    runs = [buy(fresh_wb)]
    for _ in range(3):
        runs.append(again(fresh_wb, runs[-1]))
    walked = [fresh_wb.get(runs[-1].id)]
    while walked[-1].rerun_of is not None:
        walked.append(fresh_wb.get(walked[-1].rerun_of))
    assert [run.id for run in reversed(walked)] == [run.id for run in runs]
    listed = fresh_wb.history(frame="polars", ascending=True)
    assert listed["rerun_of"].to_list() == [None, *(run.id for run in runs[:-1])]
    facts = fresh_wb.details(runs[1])
    assert facts[facts["name"] == "rerun_of"]["value"].item() == runs[0].id
    assert runs[1].card().facts[:2] == [("Re-run of", runs[0].id[:8]), ("Verdict", "identical")]


def test_fifty_reruns_leave_the_original_byte_for_byte_as_it_was(
    fresh_wb: Workbench, project: Path, sql_connection: psycopg.Connection
) -> None:
    first = buy(fresh_wb)
    tables = ("backtest_runs", "performance_metrics", "run_results")

    def rows() -> list[Any]:
        return [
            sql_connection.execute(f"select t::text from {table} t where run_id = %s", [first.id]).fetchall()
            for table in tables
        ]

    before = rows()
    for _ in range(50):
        assert again(fresh_wb, first).digest == first.digest
    assert rows() == before
    count = sql_connection.execute("select count(*) from backtest_runs where rerun_of = %s", [first.id])
    assert count.fetchone() == (50,)


def test_an_edited_helper_is_named_with_its_diff_and_what_it_cost(fresh_wb: Workbench, project: Path) -> None:
    first = buy(fresh_wb, leave=4)
    (project / "again_helper.py").write_text("QUANTITY = 60\n")
    second = again(fresh_wb, first)
    assert verdict_of(second).outcome == "different"
    assert named(second) == [("code", "again_helper")]
    assert "-QUANTITY = 50\n+QUANTITY = 60\n" in verdict_of(second).diff
    # 50 bought at 100 and sold at 120 made 1,000; 60 make 1,200
    parted = verdict_of(second).divergence
    assert parted is not None
    assert (parted.what, parted.number, parted.common, parted.profits) == ("trade", 1, 0, (1_000, 1_200))
    assert "a difference of +200.00" in str(second.verdict)


def test_an_edit_that_python_overlooks_runs_all_the_same(
    fresh_wb: Workbench, project: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(sys, "dont_write_bytecode", False)
    helper = project / "again_helper.py"
    os.utime(helper, ns=(0, 1_000_000_000_100))
    first = buy(fresh_wb)
    # written after the bytecode, in the same second, as long as before; and the kernel is another one
    os.utime(sys.modules["again_helper"].__cached__, ns=(0, 1_000_000_000_200))
    helper.write_text("QUANTITY = 60\n")
    os.utime(helper, ns=(0, 1_000_000_000_300))
    for name in ("again_strategy", "again_helper"):
        del sys.modules[name]
    second = buy(fresh_wb)
    assert [traded(run) for run in (first, second)] == [(50, HELPER), (60, "QUANTITY = 60\n")]


def test_an_edit_before_the_first_run_and_after_the_import_runs(
    fresh_wb: Workbench, project: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(sys, "dont_write_bytecode", False)
    importlib.import_module("again_helper")
    (project / "again_helper.py").write_text("QUANTITY = 6\n")
    assert traded(buy(fresh_wb)) == (6, "QUANTITY = 6\n")


def traded(run: Run) -> tuple[float, str]:
    """How many of the instrument a run bought, and what is recorded of the module that says so."""
    (helper,) = [file.text for file in run.sources if file.module == "again_helper"]
    return run.trades()["quantity"].iloc[0], helper


def test_recorded_source_runs_in_place_of_an_edited_one(fresh_wb: Workbench, project: Path) -> None:
    first = buy(fresh_wb)
    (project / "again_helper.py").write_text("QUANTITY = 60\n")
    stored = again(fresh_wb, first, code="stored")
    assert (verdict_of(stored).outcome, named(stored)) == ("identical", [])
    # and today's code is as it was
    assert verdict_of(again(fresh_wb, first)).outcome == "different"


def test_recorded_source_runs_when_the_files_are_gone(fresh_wb: Workbench, project: Path) -> None:
    first = buy(fresh_wb)
    for name in ("again_strategy", "again_helper"):
        (project / f"{name}.py").unlink()
        sys.modules.pop(name, None)
    with pytest.raises(InvalidInput, match=r"the strategy again_strategy:Buy is gone: .* Type code='stored'"):
        again(fresh_wb, first)
    assert len(fresh_wb.history()) == 1
    assert verdict_of(again(fresh_wb, first, code="stored")).same
    assert first.source == STRATEGY


def test_a_default_that_changed_in_the_code_changes_nothing_but_the_code(fresh_wb: Workbench, project: Path) -> None:
    first = buy(fresh_wb)
    (project / "again_strategy.py").write_text(STRATEGY.replace("leave: int = 7", "leave: int = 4"))
    second = again(fresh_wb, first)
    # the record has leave=7, resolved when the run was made
    assert second.params["leave"] == 7
    assert (verdict_of(second).outcome, named(second)) == ("identical", [("code", "again_strategy")])


def test_a_parameter_that_no_longer_exists_is_left_out_and_reported(fresh_wb: Workbench, project: Path) -> None:
    first = buy(fresh_wb)
    edited = STRATEGY.replace("    enter: int = 1\n", "    patience: int = 3\n").replace("self.config.enter", "1")
    (project / "again_strategy.py").write_text(edited)
    second = again(fresh_wb, first)
    assert verdict_of(second).outcome == "identical"
    assert named(second) == [
        ("configuration", "enter"),
        ("configuration", "patience"),
        ("code", "again_strategy"),
    ]
    assert verdict_of(second).notes == ("enter=1 was left out: the strategy has no such parameter any more",)


def test_a_changed_bar_is_named_by_its_month(fresh_wb: Workbench, project: Path, tmp_path: Path) -> None:
    first = buy(fresh_wb)
    file = tmp_path / "again.csv"
    # the fall to 60 on the fifth day is one to 50
    file.write_text("date,open,high,low,close,volume\n2024-01-05,50,50,50,50,1000000\n")
    fresh_wb.import_csv(file, instrument="ACME.TEST", bar="1d", replace=True)
    second = again(fresh_wb, first)
    assert named(second) == [("data", "ACME.TEST-1-DAY-LAST-EXTERNAL 2024-01")]
    (cause,) = verdict_of(second).causes
    assert (cause.before, cause.after) == ("8 rows", "8 rows, other values")
    # bought at 100 and sold at 100 both times: no fill differs, the deepest point does
    assert second.digest == first.digest
    assert (verdict_of(second).outcome, verdict_of(second).divergence) == ("different", None)
    # 50 shares and 5,000 in cash: 11,000 at the top of 120, 8,000 at 60, 7,500 at 50
    falls = verdict_of(second).metrics["max_drawdown"]
    assert falls == pytest.approx((8_000 / 11_000 - 1, 7_500 / 11_000 - 1))
    assert "no trade and no fill differs" in str(second.verdict)


def test_data_that_are_gone_are_an_error_and_nothing_is_recorded(fresh_wb: Workbench, project: Path) -> None:
    first = buy(fresh_wb)
    shutil.rmtree(fresh_wb.where.catalog)
    with pytest.raises(InvalidInput, match=r"ACME\.TEST"):
        again(fresh_wb, first)
    assert len(fresh_wb.history()) == 1
    assert fresh_wb.get(first.id).metrics == first.metrics


OVERRIDES: dict[str, tuple[dict[str, Any], list[tuple[str, str]]]] = {
    "a parameter": ({"leave": 4}, [("configuration", "leave")]),
    "the fee": (
        {"fees": "1 USD"},
        [("configuration", "fees.amount"), ("configuration", "fees.model")],
    ),
    "the seed": ({"seed": 5}, [("seed", "seed")]),
    "the end": (
        {"end": "2024-01-07"},
        [("configuration", "end"), ("data", "ACME.TEST-1-DAY-LAST-EXTERNAL 2024-01")],
    ),
    "the capital": ({"capital": 20_000}, [("configuration", "capital")]),
}


@pytest.mark.parametrize("what", OVERRIDES)
def test_an_override_is_reported_and_not_judged(fresh_wb: Workbench, project: Path, what: str) -> None:
    overrides, causes = OVERRIDES[what]
    first = buy(fresh_wb)
    second = again(fresh_wb, first, **overrides)
    assert verdict_of(second).outcome == "overridden"
    name, value = next(iter(overrides.items()))
    assert f"re-run with {name}={value!r}" in verdict_of(second).notes[0]
    # that and no other
    assert named(second) == causes
    assert fresh_wb.get(first.id).record == first.record


def test_an_override_that_changes_nothing_is_judged(fresh_wb: Workbench, project: Path) -> None:
    first = buy(fresh_wb)
    assert verdict_of(again(fresh_wb, first, leave=7, capital="10000 USD")).same


def test_fees_of_none_are_those_of_the_instrument(fresh_wb: Workbench, project: Path) -> None:
    first = buy(fresh_wb, fees=0.001)
    second = again(fresh_wb, first, fees=None)
    assert verdict_of(second).outcome == "overridden"
    # 50 bought and sold at 100 cost 0.1 % of 10,000
    assert final_balance(second) - final_balance(first) == pytest.approx(10)


def test_days_that_are_gone_are_one_cause_with_their_rows(fresh_wb: Workbench, tmp_path: Path) -> None:
    # 100 days from 2024-01-01: 31 in January, 29 in February, 31 in March, 9 in April
    import_closes(fresh_wb, tmp_path, [100.0] * 100)
    first = run_script(fresh_wb, {})
    changes = fresh_wb.diff(first, again(fresh_wb, first, end="2024-01-20"))
    bars = "ACME.TEST-1-DAY-LAST-EXTERNAL"
    assert changes.data.to_dict("records") == [
        {"name": f"{bars} 2024-01", "before": "31 rows", "after": "20 rows"},
        {"name": f"{bars} 2024-02 to 2024-04", "before": "69 rows", "after": "no rows"},
    ]


def test_an_unseeded_slippage_has_a_recorded_seed_and_repeats(wb: Workbench) -> None:
    first = wb.run("sma_crossover", instrument="IBM", slippage=0.5, progress=False)
    assert first.config.venue.fill.seed is not None
    assert verdict_of(again(wb, first)).same
    other = again(wb, first, seed=first.config.venue.fill.seed + 1)
    assert other.digest != first.digest


@pytest.mark.parametrize("oms", ["netting", "hedging"])
def test_one_digest_in_one_process_in_two_and_in_a_spawned_worker(
    wb: Workbench, home: Path, database_url: str, oms: Literal["netting", "hedging"]
) -> None:
    first = wb.run("momentum", instrument="MSFT", oms=oms, progress=False)
    digests = {first.digest, again(wb, first).digest}
    program = (
        "import sys; from pathlib import Path\n"
        "from workbench import Workbench; from workbench.settings import Settings\n"
        "def main():\n"
        "    wb = Workbench(Settings(home=Path(sys.argv[1]), database_url=sys.argv[2]))\n"
        "    print(wb.rerun(sys.argv[3], progress=False).digest)\n"
        "if __name__ == '__main__':\n"
        "    if sys.argv[4] == 'spawn':\n"
        "        import multiprocessing\n"
        "        worker = multiprocessing.get_context('spawn').Process(target=main)\n"
        "        worker.start(); worker.join()\n"
        "    else:\n"
        "        main()\n"
    )
    script = home / f"program_{oms}.py"
    script.write_text(program)
    for how, seed in (("plain", "1"), ("spawn", "2")):
        done = subprocess.run(
            [sys.executable, str(script), str(home), database_url, first.id, how],
            capture_output=True,
            text=True,
            check=True,
            env=os.environ | {"PYTHONHASHSEED": seed},
        )
        digests.add(done.stdout.strip())
    assert digests == {first.digest}


def test_a_failed_run_fails_again_in_the_same_way(fresh_wb: Workbench, tmp_path: Path) -> None:
    import_closes(fresh_wb, tmp_path, CLOSES)
    with pytest.raises(RunFailed) as first:
        run_script(fresh_wb, {"1": 90}, raise_on=3)
    with pytest.raises(RunFailed) as second:
        again(fresh_wb, first.value.run)
    assert second.value.run.rerun_of == first.value.run.id
    verdict = second.value.run.verdict
    assert verdict is not None
    assert verdict.same


def test_a_run_of_an_older_schema_without_a_digest_is_judged_by_its_fills(
    fresh_wb: Workbench, project: Path, sql_connection: psycopg.Connection
) -> None:
    first = buy(fresh_wb)
    sql_connection.execute("alter table backtest_runs disable trigger leave_running_once")
    sql_connection.execute("update backtest_runs set result_sha256 = null, environment_sha256 = null")
    sql_connection.execute("alter table backtest_runs enable trigger leave_running_once")
    sql_connection.execute("delete from market_data")
    second = again(fresh_wb, fresh_wb.get(first.id))
    assert (verdict_of(second).outcome, named(second)) == ("identical", [])


def test_a_rerun_keeps_the_name_of_an_original_that_was_deleted(fresh_wb: Workbench, project: Path) -> None:
    first = buy(fresh_wb)
    second = again(fresh_wb, first)
    fresh_wb.delete(first)
    kept = fresh_wb.get(second.id)
    assert (kept.rerun_of, kept.verdict) == (first.id, None)


def test_the_environment_has_versions_and_the_commit_of_the_users_project(
    fresh_wb: Workbench, project: Path, home: Path, database_url: str, tmp_path: Path
) -> None:
    def git(*order: str) -> str:
        names = ["-c", "user.name=A", "-c", "user.email=a@example.org"]
        return subprocess.run(
            ["git", "-C", str(project), *names, *order], check=True, capture_output=True, text=True
        ).stdout.strip()

    git("init", "-q")
    git("add", ".")
    git("commit", "-qm", "one")
    where = Settings(home=tmp_path / "home", database_url=database_url, image="desk:7", notebook="ideas.ipynb")
    wb = Workbench(where)
    clean = wb._session.records.environment(buy(wb).record.run_id)
    assert clean["git"] == {"commit": git("rev-parse", "HEAD"), "dirty": False}
    assert (clean["image"], clean["notebook"]) == ("desk:7", "ideas.ipynb")
    assert clean["python"] == ".".join(map(str, sys.version_info[:3]))
    assert set(clean["packages"]) == {"nautilus_trader", "numpy", "pandas", "nautilus-workbench"}
    (project / "again_helper.py").write_text("QUANTITY = 60\n")
    assert wb._session.records.environment(buy(wb).record.run_id)["git"]["dirty"] is True
    wb.close()


def test_diff_gives_a_frame_for_each_kind_of_thing(fresh_wb: Workbench, project: Path) -> None:
    first = buy(fresh_wb, leave=4)
    (project / "again_helper.py").write_text("QUANTITY = 60\n")
    second = buy(fresh_wb, enter=2, leave=4)
    for kind in ("pandas", "polars"):
        changes = fresh_wb.diff(first, second.id, frame=kind)
        things = ("configuration", "code", "data", "environment")
        names = [list(getattr(changes, thing)["name"]) for thing in things]
        assert names == [["enter"], ["again_helper"], [], []]
        trades = changes.trades
        (trade,) = trades.to_dicts() if isinstance(trades, pl.DataFrame) else trades.to_dict("records")
        assert (trade["number"], trade["quantity_before"], trade["quantity_after"]) == (1, 50, 60)
        # both bought at 100, a day apart, and sold at 120
        assert (trade["pnl_before"], trade["pnl_after"]) == (1_000, 1_200)
        assert trade["entry_time_after"].astimezone(UTC) > datetime(2024, 1, 2, tzinfo=UTC)
    assert repr(changes) == "<Changes configuration 1, code 1, data 0, environment 0, trades 1>"
    same = fresh_wb.diff(first, first)
    assert [len(same.configuration), len(same.code), len(same.data), len(same.trades)] == [0, 0, 0, 0]
    assert list(same.trades.columns) == list(fresh_wb.diff(first, second).trades.columns)


def test_what_a_verdict_shows_is_escaped(fresh_wb: Workbench, project: Path) -> None:
    first = buy(fresh_wb)
    (project / "again_helper.py").write_text("QUANTITY = 60  # <script>alert(1)</script>\n")
    html = verdict_of(again(fresh_wb, first))._repr_html_()
    assert "&lt;script&gt;" in html
    assert "<script>" not in html


BAD: dict[str, tuple[dict[str, Any], type[Exception], str]] = {
    "no such parameter": ({"leef": 4}, UnknownParameter, "Did you mean 'leave'"),
    "a parameter of the wrong type": ({"leave": "soon"}, InvalidInput, "leave='soon' is not valid"),
    "unknown code": ({"code": "yesterday"}, InvalidInput, "'today', 'stored'"),
    "an end outside the data": ({"end": "2030-01-01"}, InvalidPeriod, "outside the data"),
    "a date that does not exist": ({"start": "2024-02-30"}, InvalidPeriod, "is not a date"),
    "capital below zero": ({"capital": -1}, InvalidInput, "must be above 0"),
    "capital of another currency": ({"capital": "1 EUR"}, InvalidInput, "settles in USD"),
    "an instrument that is not there": ({"instrument": "NONE.X"}, InvalidInput, "NONE.X"),
    "bars that are not there": ({"bar": "1h"}, InvalidInput, "1-HOUR"),
    "a seed that is none": ({"seed": -1}, InvalidInput, "seed=-1"),
}


@pytest.mark.parametrize("what", BAD)
def test_a_bad_override_is_refused_before_anything_is_written(fresh_wb: Workbench, project: Path, what: str) -> None:
    overrides, kind, said = BAD[what]
    first = buy(fresh_wb)
    with pytest.raises(kind, match=said):
        again(fresh_wb, first, **overrides)
    assert len(fresh_wb.history()) == 1


@pytest.mark.parametrize("verb", [lambda wb: wb.rerun("ffffffff"), lambda wb: wb.diff("ffffffff", "eeeeeeee")])
def test_an_unknown_id_is_named(fresh_wb: Workbench, verb: Callable[[Workbench], Any]) -> None:
    with pytest.raises(RunNotFound, match="ffffffff"):
        verb(fresh_wb)


def test_two_classes_of_one_script_are_told_apart(fresh_wb: Workbench, tmp_path: Path) -> None:
    import_closes(fresh_wb, tmp_path, CLOSES)
    first = run_script(fresh_wb, {"1": 90})
    assert first.config.strategy.path == SCRIPT
    assert verdict_of(again(fresh_wb, first)).same
