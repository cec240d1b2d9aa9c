"""``ntrader reproduce`` and ``ntrader diff``: a verdict in a terminal."""

from __future__ import annotations

import json
import re
from pathlib import Path
from typing import Any

import pytest
from typer.testing import CliRunner

from tests.stories.test_record import CLOSES, import_closes, run_script
from workbench import Run, Workbench
from workbench.cli import app
from workbench.settings import Settings


@pytest.fixture
def first(fresh_wb: Workbench, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Run:
    """A run that bought 90 at 100 and sold them at 100."""
    import_closes(fresh_wb, tmp_path, CLOSES)
    where: Settings = fresh_wb.where
    monkeypatch.setenv("WORKBENCH_HOME", str(where.home))
    monkeypatch.setenv("DATABASE_URL", str(where.database_url))
    return run_script(fresh_wb, {"1": 90, "7": -90})


def ask(*words: str) -> Any:
    return CliRunner().invoke(app, list(words))


def test_a_run_is_reproduced_by_the_start_of_its_id(first: Run) -> None:
    answer = ask("reproduce", first.id[:8])
    assert answer.exit_code == 0, answer.stderr
    assert re.match(rf"identical: run [0-9a-f]{{8}} of {first.id[:8]}: ", answer.stdout)


def test_the_verdict_is_json_where_that_is_asked(first: Run) -> None:
    answer = ask("reproduce", first.id, "--code", "stored", "--json")
    shown = json.loads(answer.stdout)
    assert (shown["verdict"]["outcome"], shown["rerun_of"], shown["digest"]) == ("identical", first.id, first.digest)


def test_overrides_are_reported(first: Run) -> None:
    answer = ask("reproduce", first.id, "--set", "end=2024-01-07", "--set", "fees=0.001")
    assert answer.exit_code == 0, answer.stderr
    assert "re-run with end='2024-01-07', fees=0.001" in answer.stdout


def test_a_reproduction_has_the_name_tags_and_note_that_are_typed(first: Run, fresh_wb: Workbench) -> None:
    crossover = fresh_wb.run("sma_crossover", instrument="ACME", fast_period=2, slow_period=3, progress=False)
    labels = ("--name", "again", "--tag", "x", "--tag", "y", "--note", "is it so?")
    shown = json.loads(ask("reproduce", crossover.id, *labels, "--json").stdout)
    assert (shown["name"], shown["tags"], shown["verdict"]["outcome"]) == ("again", ["x", "y"], "identical")
    assert fresh_wb.get(shown["run_id"]).notes == ("is it so?",)
    assert json.loads(ask("reproduce", crossover.id, "--set", "tags=z", "--json").stdout)["tags"] == ["z"]


def test_a_different_outcome_has_its_own_exit_code(first: Run, fresh_wb: Workbench, tmp_path: Path) -> None:
    file = tmp_path / "again.csv"
    file.write_text("date,open,high,low,close,volume\n2024-01-05,50,50,50,50,1000000\n")
    fresh_wb.import_csv(file, instrument="ACME.TEST", bar="1d", replace=True)
    answer = ask("reproduce", first.id)
    assert answer.exit_code == 1
    assert answer.stdout.startswith("different: ")
    # 90 shares and 1,000 in cash: 11,800 at the top; 6,400 at 60 is -45.76 %, 5,500 at 50 is -53.39 %
    assert "Max drawdown: -45.76% → -53.39%" in answer.stdout


def test_what_changed_between_two_runs_is_listed(first: Run, fresh_wb: Workbench) -> None:
    second = run_script(fresh_wb, {"1": 80, "7": -80})
    answer = ask("diff", first.id, second.id[:8], "--json")
    shown = json.loads(answer.stdout)
    assert [row["name"] for row in shown["configuration"]] == ["orders.1", "orders.7"]
    assert [(row["quantity_before"], row["quantity_after"]) for row in shown["trades"]] == [(90, 80)]
    assert "orders.1: 90.0 → 80.0" in ask("diff", first.id, second.id).stdout


@pytest.mark.parametrize(
    ("words", "said"),
    [
        (["reproduce", "ffffffff"], "no run starts with 'ffffffff'"),
        (["reproduce", "not an id"], "hexadecimal digits"),
        (["reproduce", "{id}", "--set", "end"], "is not NAME=VALUE"),
        (["reproduce", "{id}", "--set", "end=2024-01-07", "--set", "end=2024-01-06"], "given twice"),
        (["reproduce", "{id}", "--name", ""], "name is empty"),
        (["reproduce", "{id}", "--tag", "x", "--set", "tags=y"], "tags stands in --set and in an option of its own"),
        (["reproduce", "{id}", "--set", "end=2030-01-01"], "outside the data"),
        (["reproduce", "{id}", "--set", "end=soon"], "is not a date"),
        (["reproduce", "{id}", "--set", "nothing=5"], "'nothing'"),
        (["reproduce", "{id}", "--set", "capital=-5"], "must be above 0"),
        (["reproduce", "{id}", "--set", "raise_on=soon"], "raise_on='soon' is not valid"),
        (["diff", "{id}", "eeeeeeee"], "no run starts with 'eeeeeeee'"),
    ],
)
def test_bad_input_is_one_line_and_records_nothing(
    first: Run, fresh_wb: Workbench, words: list[str], said: str
) -> None:
    answer = ask(*(word.format(id=first.id) for word in words))
    assert answer.exit_code == 1
    assert said in answer.stderr
    assert "Traceback" not in answer.stderr + answer.stdout
    assert len(fresh_wb.history()) == 1


def test_unknown_code_is_a_wrong_use(first: Run) -> None:
    assert ask("reproduce", first.id, "--code", "yesterday").exit_code == 2
