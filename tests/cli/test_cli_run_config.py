"""Runs given as a NautilusTrader configuration, and taken out as one, in a terminal."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from typer.testing import CliRunner

from tests.support.engines import data_config, run_config, script_config, venue_config
from workbench import Workbench
from workbench.cli import app

AAPL = "AAPL.NASDAQ"

type Ntrader = Callable[..., Any]


@pytest.fixture
def ntrader(home: Path, database_url: str, monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> Ntrader:
    """Runs a command in this process and in an empty folder, on the sample data and an empty record."""
    monkeypatch.setenv("WORKBENCH_HOME", str(home))
    monkeypatch.setenv("DATABASE_URL", database_url)
    monkeypatch.chdir(tmp_path)

    def invoke(*arguments: str) -> Any:
        done = CliRunner().invoke(app, arguments)
        # anything else would be a traceback on the user's screen
        assert done.exception is None or isinstance(done.exception, SystemExit)
        return done

    return invoke


@pytest.fixture
def file(home: Path, tmp_path: Path) -> Path:
    """A configuration that buys ten of AAPL at the second bar of 2012 and sells them at the fifth."""
    days: dict[str, Any] = {"start_time": "2012-01-01", "end_time": "2012-12-31"}
    config = run_config(
        [venue_config("NASDAQ", "50000 USD")],
        [data_config(home / "catalog", AAPL, **days)],
        [script_config(AAPL, {"2": 10, "5": -10})],
    )
    written = tmp_path / "run.json"
    written.write_bytes(config.json())
    return written


def test_a_configuration_runs_and_comes_out_again(ntrader: Ntrader, wb: Workbench, file: Path, tmp_path: Path) -> None:
    done = ntrader("run", "--config", str(file))
    assert done.exit_code == 0
    assert "Script on AAPL.NASDAQ" in done.stdout
    (run_id,) = wb.history()["run_id"]
    assert len(wb.get(run_id).fills()) == 2
    out = ntrader("export", run_id[:8], "out.json")
    assert out.exit_code == 0
    assert out.stdout == "wrote out.json\n"
    again = ntrader("run", "--config", "out.json", "--json")
    assert "The same was run on" in again.stderr
    assert wb.get(wb.history()["run_id"][0]).record.digest == wb.get(run_id).record.digest
    over = ntrader("export", run_id[:8], "out.json", "--overwrite", "--json")
    assert json.loads(over.stdout) == {"file": "out.json"}
    assert json.loads((tmp_path / "out.json").read_text())["venues"][0]["name"] == "NASDAQ"


BAD: dict[str, tuple[list[str], str]] = {
    "both": (["run", "momentum", "--config", "run.json"], "'momentum' and --config run.json are two runs"),
    "a folder to write": (["export", "feed", "."], "no run starts with 'feed'"),
    "no such file": (["run", "--config", "none.json"], "--config none.json cannot be read: No such file"),
    "a folder": (["run", "--config", "."], "cannot be read: Is a directory"),
    "no JSON": (["run", "--config", "text.txt"], "it is not the JSON of a BacktestRunConfig"),
    "other JSON": (["run", "--config", "list.json"], "it is not the JSON of a BacktestRunConfig"),
    "no text": (["run", "--config", "bytes.bin"], "cannot be read"),
    "an instrument beside it": (
        ["run", "--config", "run.json", "--instrument", "AAPL"],
        "does not go with a BacktestRunConfig",
    ),
    "a parameter beside it": (
        ["run", "--config", "run.json", "--param", "fast_period=5"],
        "fast_period=5 does not go with a BacktestRunConfig",
    ),
    "a capital beside it": (["run", "--config", "run.json", "--capital", "5"], "does not go with"),
    "an unknown run": (["export", "feed", "x.json"], "no run starts with 'feed'"),
}


@pytest.mark.parametrize("wrong", BAD)
def test_bad_input_is_one_line_and_runs_nothing(
    ntrader: Ntrader, wb: Workbench, file: Path, tmp_path: Path, wrong: str
) -> None:
    assert file.is_file()
    (tmp_path / "text.txt").write_text("venues: NASDAQ")
    (tmp_path / "list.json").write_text("[1]")
    (tmp_path / "bytes.bin").write_bytes(b"\xff\xfe\x00")
    arguments, says = BAD[wrong]
    done = ntrader(*arguments)
    assert done.exit_code == 1
    assert says in done.stderr
    assert done.stdout == ""
    assert wb.history().empty


def test_nothing_to_run_is_a_wrong_usage(ntrader: Ntrader) -> None:
    done = ntrader("run")
    assert done.exit_code == 2
    assert "Missing argument 'STRATEGY', or option '--config'" in done.stderr


def test_a_file_that_is_there_is_kept(ntrader: Ntrader, file: Path) -> None:
    run_id = json.loads(ntrader("run", "--config", str(file), "--json").stdout)["run_id"]
    before = file.read_bytes()
    done = ntrader("export", run_id, "run.json")
    assert done.exit_code == 1
    assert "run.json is there already. Type another name, or --overwrite." in done.stderr
    assert file.read_bytes() == before
