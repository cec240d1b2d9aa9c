"""The command line: what it prints, what it exits with, what it says when something is wrong."""

from __future__ import annotations

import csv
import inspect
import io
import json
import os
import re
import subprocess
import sys
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import psycopg
import pytest
import typer
from psycopg import sql
from typer.testing import CliRunner

from tests.support import user_strategies
from tests.support.waiting import eventually
from workbench import Workbench
from workbench.cli import app
from workbench.cli.running import named_values
from workbench.cli.runs import BUILT_IN
from workbench.cli.terminal import complain
from workbench.errors import Argument, Call, InvalidInput, Message, RunDeleted
from workbench.strategies import registered, registry
from workbench.verbs.filters import ORDERS

UUID = r"[0-9a-f]{8}-[0-9a-f]{4}-4[0-9a-f]{3}-[0-9a-f]{4}-[0-9a-f]{12}"
COLOUR = re.compile(r"\x1b\[[0-9;]*m")
SHORT = ("--instrument", "AAPL", "--start", "2012-01-03", "--end", "2012-12-31")
STRATEGIES = '''
import os, signal
from nautilus_trader.model.data import BarType
from nautilus_trader.trading.config import StrategyConfig
from nautilus_trader.trading.strategy import Strategy
from workbench.strategies import register

class BoomConfig(StrategyConfig, kw_only=True, frozen=True):
    bar_type: BarType

class Boom(Strategy):
    """Raises at the first bar."""
    def __init__(self, config: BoomConfig) -> None:
        super().__init__(config)
    def on_start(self):
        self.subscribe_bars(self.config.bar_type)
    def on_bar(self, bar):
        raise RuntimeError("[bold]boom[/bold] \\x1b[31m<script>")

class Stopped(Boom):
    """Has Ctrl-C pressed at the first bar."""
    def on_bar(self, bar):
        os.kill(os.getpid(), signal.SIGINT)

@register(name="[bold]Odd[/bold] <script>\\n\\x1b[31m", type="[red]odd")
class Odd(Boom):
    """Prints as it is named."""
    def on_bar(self, bar):
        pass
'''

type Ntrader = Callable[..., Any]


@pytest.fixture
def ntrader(home: Path, database_url: str, monkeypatch: pytest.MonkeyPatch) -> Ntrader:
    """Runs a command in this process, on the sample data and an empty record; stdout is not a terminal."""
    monkeypatch.setenv("WORKBENCH_HOME", str(home))
    monkeypatch.setenv("DATABASE_URL", database_url)
    for name in ("COLUMNS", "NO_COLOR", "FORCE_COLOR", "TTY_COMPATIBLE"):
        monkeypatch.delenv(name, raising=False)

    def invoke(*arguments: str, typed: str | None = None, **env: str) -> Any:
        done = CliRunner().invoke(app, arguments, input=typed, env=env)
        # anything else would be a traceback on the user's screen
        assert done.exception is None or isinstance(done.exception, SystemExit)
        return done

    return invoke


@pytest.fixture
def module(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[str]:
    """The name of a module with a trader's own strategies, in the current folder."""
    (tmp_path / "own_strategies.py").write_text(STRATEGIES)
    monkeypatch.chdir(tmp_path)
    monkeypatch.setattr(sys, "path", [*sys.path])
    monkeypatch.setattr(registry, "_own", {})
    yield "own_strategies"
    sys.modules.pop("own_strategies", None)


@pytest.fixture
def run_id(wb: Workbench) -> str:
    """A recorded run over a year, with trades."""
    found: str = wb.run("sma_crossover", instrument="AAPL", start="2012-01-03", end="2012-12-31").id
    return found


def process(*arguments: str, **env: str) -> subprocess.CompletedProcess[str]:
    """Run the installed command in a process of its own."""
    program = str(Path(sys.executable).with_name("ntrader"))
    outside = {name: value for name, value in os.environ.items() if name != "DATABASE_URL"}
    return subprocess.run(
        [program, *arguments], env={**outside, **env}, capture_output=True, text=True, timeout=120, check=False
    )


def strict_json(text: str) -> Any:
    """Refuse what Python reads and JSON has not: NaN and Infinity."""

    def refuse(constant: str) -> Any:
        raise AssertionError(constant)

    return json.loads(text, parse_constant=refuse)


def commands(group: Any = None, path: tuple[str, ...] = ()) -> Iterator[tuple[str, Any]]:
    """Every command and group with its name."""
    group = group or typer.main.get_command(app)
    for name, command in group.commands.items():
        yield " ".join([*path, name]), command
        if hasattr(command, "commands"):
            yield from commands(command, (*path, name))


# --- the commands themselves ---------------------------------------------------------------------------------------


def test_every_command_and_option_says_what_it_is_for() -> None:
    undocumented = [name for name, command in commands() if not command.help]
    for name, command in commands():
        undocumented += [f"{name} {p.name}" for p in command.params if p.name != "help" and not p.help]
    assert undocumented == []


def test_the_list_of_commands_cuts_no_sentence_off() -> None:
    for group in ((), ("data",), ("db",)):
        shown = CliRunner().invoke(app, [*group, "--help"], env={"COLUMNS": "80"}).output
        assert "..." not in shown.partition("Commands:")[2]


def test_every_command_but_delete_speaks_json() -> None:
    silent = [
        name
        for name, command in commands()
        if not hasattr(command, "commands") and "--json" not in [one for p in command.params for one in p.opts]
    ]
    assert silent == ["delete"]


@pytest.mark.parametrize(
    ("command", "verb"), [("run", Workbench().run), ("history", Workbench().history), ("data mock", None)]
)
def test_a_command_has_the_defaults_of_its_verb(command: str, verb: Any) -> None:
    from workbench.catalog import Catalog

    expected = inspect.signature(verb or Catalog.import_mock).parameters
    options = {p.name: p.default for p in dict(commands())[command].params}
    shared = options.keys() & expected.keys() - {"params"}
    required = [name for name in shared if expected[name].default is inspect.Parameter.empty]
    assert len(shared) >= 6
    assert {n: str(options[n]) for n in shared if n not in required} == {
        n: str(expected[n].default) for n in shared if n not in required
    }


def test_history_sorts_by_what_the_verb_sorts_by() -> None:
    order = next(p for p in dict(commands())["history"].params if p.name == "order_by")
    assert all(name in order.help for name in ORDERS)


def test_the_demo_runs_the_built_in_strategies() -> None:
    built_in = [info.key for info in registered() if info.path.startswith("workbench.")]
    assert sorted(BUILT_IN) == sorted(built_in)


@pytest.mark.parametrize("arguments", [["--help"], ["run", "--help"], ["history", "--help"]])
def test_help_starts_without_the_heavy_libraries(arguments: list[str]) -> None:
    script = (
        "import sys; sys.argv = ['ntrader', *sys.argv[1:]]; from workbench.cli import main\n"
        "try: main()\n"
        "except SystemExit as end: assert not end.code\n"
        "print([m for m in ('nautilus_trader', 'pandas', 'polars', 'sqlalchemy', 'plotly') if m in sys.modules])"
    )
    done = subprocess.run([sys.executable, "-c", script, *arguments], capture_output=True, text=True, check=True)
    assert done.stdout.splitlines()[-1] == "[]"
    assert "Usage: ntrader" in done.stdout


# --- the story -----------------------------------------------------------------------------------------------------


def test_demo_records_three_runs_that_another_process_lists(tmp_path: Path) -> None:
    """US1, US2 and SC-008, from an empty home, with the embedded database."""
    home = str(tmp_path / "home")
    first = process("demo", WORKBENCH_HOME=home)
    assert (first.returncode, first.stderr) == (0, "")
    ids = re.findall(rf"^  ({UUID})  ", first.stdout, re.MULTILINE)
    assert len(ids) == 3
    assert home in first.stdout
    assert len(re.findall("daily bars, imported", first.stdout)) == 4
    for typed in ("make lab", "ntrader history", f"ntrader show {ids[0][:8]}", "import workbench as wb; wb.history()"):
        assert typed in first.stdout

    listed = process("history", "--json", WORKBENCH_HOME=home)
    rows = strict_json(listed.stdout)
    assert [row["run_id"] for row in rows] == ids[::-1]
    assert {row["strategy_name"] for row in rows} == {"SMA Crossover", "Mean Reversion", "Momentum"}
    assert {row["initial_capital"] for row in rows} == {10_000.0}
    assert {row["period_start"] for row in rows} == {"2000-03-01T00:00:00+00:00"}
    # the embedded server goes when its last user has gone
    eventually(lambda: not (tmp_path / "home/postgres/postmaster.pid").exists())


def test_demo_can_be_run_again(ntrader: Ntrader, home: Path, wb: Workbench) -> None:
    shown = ntrader("demo").stdout
    assert shown.count("daily bars, already there") == 4
    assert "imported" not in shown
    known = strict_json(ntrader("demo", "--json").stdout)
    assert known["home"] == str(home)
    assert [row["run_id"] for row in known["runs"]] == wb.history()["run_id"].to_list()[:3]
    assert len(wb.history()) == 6


# --- run -----------------------------------------------------------------------------------------------------------


def test_run_prints_the_card_with_the_full_id_on_a_line_of_its_own(ntrader: Ntrader, wb: Workbench) -> None:
    done = ntrader("run", "sma_crossover", *SHORT, "--param", "fast_period=5", "--param", "allow_short=true")
    assert done.exit_code == 0
    assert done.stderr == ""
    ids = re.findall(rf"^{UUID}$", done.stdout, re.MULTILINE)
    assert ids == wb.history()["run_id"].to_list()
    assert done.stdout.startswith("SMA Crossover on AAPL.NASDAQ\n")
    assert re.search("^  fast_period +5$", done.stdout, re.MULTILINE)
    assert re.search("^  allow_short +True$", done.stdout, re.MULTILINE)
    assert re.search("^  Capital +100,000.00 USD$", done.stdout, re.MULTILINE)


def test_every_option_of_run_reaches_the_record(ntrader: Ntrader, wb: Workbench) -> None:
    options = {
        "--bar": "1d",
        "--capital": "5000 USD",
        "--account": "margin",
        "--oms": "hedging",
        "--leverage": "2",
        "--fees": "1 USD",
        "--slippage": "0.5",
        "--seed": "7",
        "--risk-free": "0.02",
    }
    done = ntrader("run", "momentum", *SHORT, *(word for pair in options.items() for word in pair), "--json")
    known = strict_json(done.stdout)
    venue = known["config"]["venues"][0]
    assert (venue["capital"], venue["currency"], venue["oms"], venue["leverage"]) == ("5000", "USD", "hedging", "2")
    assert venue["fees"] == {"model": "fixed", "amount": "1"}
    assert (venue["fill"]["prob_slippage"], venue["fill"]["seed"]) == (0.5, 7)
    assert known["config"]["risk_free"] == 0.02
    assert known["period_start"] == "2012-01-03T00:00:00+00:00"
    assert known["period_end"] == "2012-12-31T23:59:59.999999+00:00"


def test_run_and_show_print_the_same_json(ntrader: Ntrader) -> None:
    ran = ntrader("run", "sma_crossover", *SHORT, "--json")
    known = strict_json(ran.stdout)
    shown = ntrader("show", known["run_id"], "--json")
    assert ran.stdout == shown.stdout
    assert known["metrics"]["total_trades"] > 0
    assert known["error"] is None


@pytest.mark.parametrize(
    ("typed", "value"),
    [
        ("10", 10),
        ("-0.5", -0.5),
        ("1e3", 1000.0),
        ("true", True),
        ("null", None),
        ("[1, 2]", [1, 2]),
        ('"10"', "10"),
        ("True", "True"),
        ("AAPL.NASDAQ", "AAPL.NASDAQ"),
        ("a=b", "a=b"),
        ("", ""),
        ("NaN", "NaN"),
        ("-Infinity", "-Infinity"),
        ("[NaN]", "[NaN]"),
        ('{"a": 1}', {"a": 1}),
    ],
)
def test_a_parameter_is_what_its_json_says_and_text_otherwise(typed: str, value: Any) -> None:
    read = named_values([f"x={typed}"], "--param")["x"]
    assert read == value
    assert type(read) is type(value)


def test_a_parameter_given_twice_is_refused() -> None:
    with pytest.raises(InvalidInput, match="--param x is given twice"):
        named_values(["x=1", "x=2"], "--param")


def test_a_failed_run_exits_with_1_and_is_saved_with_its_trace(ntrader: Ntrader, wb: Workbench, module: str) -> None:
    done = ntrader("run", f"{module}:Boom", *SHORT)
    (found,) = wb.history(status="failed")["run_id"]
    assert done.exit_code == 1
    assert done.stdout == f"{found}\n"
    assert done.stderr.count("\n") == 1
    assert f"ntrader show {found[:8]}" in done.stderr
    assert r"RuntimeError: [bold]boom[/bold] \x1b[31m<script>" in done.stderr

    trace = ntrader("show", found[:8], "--trace").stdout
    assert trace.startswith("Traceback (most recent call last):")
    assert r"RuntimeError: [bold]boom[/bold] \x1b[31m<script>" in trace
    assert strict_json(ntrader("show", found, "--trace", "--json").stdout)["trace"].endswith("\x1b[31m<script>\n")
    assert trace.strip() in ntrader("show", found).stdout

    as_json = ntrader("run", f"{module}:Boom", *SHORT, "--json")
    assert as_json.exit_code == 1
    assert strict_json(as_json.stdout)["status"] == "failed"


def test_control_c_exits_with_130_and_names_the_interrupted_run(
    home: Path, database_url: str, wb: Workbench, module: str
) -> None:
    done = process("run", f"{module}:Stopped", *SHORT, WORKBENCH_HOME=str(home), DATABASE_URL=database_url)
    (found,) = wb.history(status="interrupted")["run_id"]
    assert done.returncode == 130
    assert done.stdout == ""
    assert done.stderr == f"stopped: run {found} is saved as interrupted. Type: ntrader show {found[:8]}\n"


def test_names_are_printed_as_they_are(home: Path, database_url: str, module: str) -> None:
    where = {"WORKBENCH_HOME": str(home), "DATABASE_URL": database_url, "COLUMNS": "120"}
    ran = process("run", f"{module}:Odd", *SHORT, **where)
    assert ran.returncode == 0
    assert "[bold]Odd[/bold] <script>" in ran.stdout
    listed = process("history", **where).stdout
    # one name is one line of a table, and its escape codes are words
    assert r"[bold]Odd[/bold] <script>\n\x1b[31m  AAPL.NASDAQ" in listed
    shown = process("show", re.findall(f"^{UUID}$", ran.stdout, re.MULTILINE)[0], **where).stdout
    assert re.search(r"strategy_type +\[red\]odd", shown)


# --- history -------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("columns", [80, 120])
def test_history_fits_the_terminal(ntrader: Ntrader, run_id: str, columns: int) -> None:
    shown = ntrader("history", TTY_COMPATIBLE="1", COLUMNS=str(columns), NO_COLOR="1").stdout
    lines = COLOUR.sub("", shown).splitlines()
    assert max(map(len, lines)) <= columns
    assert lines[1].startswith(f"{run_id[:8]} ")
    assert run_id not in shown
    assert "…" not in shown
    for word in ("completed", "SMA Crossover", "AAPL.NASDAQ", "2012-01-03", "2012-12-31", "UTC"):
        assert word in shown
    assert len(lines) == (2 if columns == 120 else 3)


def test_a_terminal_too_narrow_for_the_table_loses_no_column(ntrader: Ntrader, run_id: str) -> None:
    shown = COLOUR.sub("", ntrader("history", TTY_COMPATIBLE="1", COLUMNS="50").stdout)
    assert "SMA Crossover" in shown
    assert "…" not in shown


def test_history_is_printed_whole_in_a_pipe(ntrader: Ntrader, run_id: str) -> None:
    shown = ntrader("history", COLUMNS="40").stdout.splitlines()
    assert len(shown) == 2
    assert shown[1].startswith(f"{run_id}  ")
    assert "2012-01-03/2012-12-31" in shown[1]
    assert "\x1b" not in shown[1]


def test_no_color_is_respected_and_a_terminal_has_colours(ntrader: Ntrader, run_id: str) -> None:
    green = "\x1b[32mcompleted"
    terminal = {"TTY_COMPATIBLE": "1", "TERM": "xterm", "COLUMNS": "120"}
    assert green in ntrader("history", **terminal).stdout
    assert green not in ntrader("history", NO_COLOR="1", **terminal).stdout


def test_history_in_json_and_csv_has_every_column_and_full_ids(ntrader: Ntrader, wb: Workbench, run_id: str) -> None:
    frame = wb.history(frame="polars")
    (row,) = strict_json(ntrader("history", "--json").stdout)
    assert list(row) == frame.columns
    assert row["run_id"] == run_id
    assert row["total_return"] == frame["total_return"][0]
    assert row["started_at"] == frame["started_at"][0].isoformat()
    assert row["params"]["slow_period"] == 20
    (line,) = csv.DictReader(io.StringIO(ntrader("history", "--csv").stdout))
    assert list(line) == frame.columns
    assert line["run_id"] == run_id
    assert float(line["total_return"]) == row["total_return"]
    assert line["error_message"] == ""


def test_an_undefined_metric_is_null_in_json_and_a_dash_in_a_table(ntrader: Ntrader, wb: Workbench) -> None:
    # a 10-day average over 5 days: no trade, so no profit factor
    quiet = wb.run("sma_crossover", instrument="AAPL", start="2012-01-03", end="2012-01-09").id
    assert strict_json(ntrader("history", "--json").stdout)[0]["profit_factor"] is None
    assert strict_json(ntrader("show", quiet, "--json").stdout)["metrics"]["profit_factor"] is None
    assert re.search("profit_factor +–", ntrader("show", quiet).stdout)
    assert ntrader("show", quiet, "--trades").stdout == "No trades.\n"


def test_every_filter_of_history_narrows(ntrader: Ntrader, wb: Workbench, run_id: str) -> None:
    wb.run("momentum", instrument="MSFT", start="2012-01-03", end="2012-12-31", lookback=20)
    for filters in (
        ["--strategy", "SMA Crossover"],
        ["--strategy", "sma_crossover"],
        ["--type", "trend_following"],
        ["--instrument", "AAPL"],
        ["--until", wb.get(run_id).started_at.isoformat()],
        ["--ascending", "--limit", "1"],
    ):
        assert [row["run_id"] for row in strict_json(ntrader("history", *filters, "--json").stdout)] == [run_id], (
            filters
        )
    assert strict_json(ntrader("history", "--status", "failed", "--json").stdout) == []
    assert len(strict_json(ntrader("history", "--since", "2020-01-01", "--json").stdout)) == 2
    returns = [
        row["total_return"] for row in strict_json(ntrader("history", "--sort", "total_return", "--json").stdout)
    ]
    assert returns == sorted(returns, reverse=True)


def test_an_empty_history_says_what_to_type(ntrader: Ntrader) -> None:
    assert "ntrader demo" in ntrader("history").stdout
    assert "No saved run matches" in ntrader("history", "--status", "failed").stdout
    assert ntrader("history", "--json").stdout == "[]\n"
    assert ntrader("history", "--csv").stdout.startswith("run_id,started_at,status,")


def test_history_says_when_there_may_be_more(ntrader: Ntrader, run_id: str) -> None:
    assert "--limit 5" in ntrader("history", "--limit", "1").stderr
    assert ntrader("history", "--limit", "2").stderr == ""


def test_a_closed_pipe_is_quiet(home: Path, database_url: str, run_id: str) -> None:
    command = f"'{Path(sys.executable).with_name('ntrader')}' history --json | head -c 1"
    env = {**os.environ, "WORKBENCH_HOME": str(home), "DATABASE_URL": database_url}
    done = subprocess.run(["sh", "-c", command], env=env, capture_output=True, text=True, check=True)
    assert (done.stdout, done.stderr) == ("[", "")


# --- show and delete -----------------------------------------------------------------------------------------------


def test_show_has_every_section_and_name_of_details(ntrader: Ntrader, wb: Workbench, run_id: str) -> None:
    shown = ntrader("show", run_id[:8]).stdout
    details = wb.details(run_id)
    assert [line for line in shown.splitlines() if not line.startswith(" ")] == [
        section.capitalize() for section in details["section"].unique()
    ]
    assert re.findall(r"^  (\S+)", shown, re.MULTILINE) == details["name"].to_list()
    for fact in (run_id, "2012-12-31 23:59:59 UTC", "1-DAY-LAST-EXTERNAL"):
        assert fact in shown


def test_show_formats_metrics_for_reading(ntrader: Ntrader, wb: Workbench, run_id: str) -> None:
    metrics = wb.get(run_id).metrics
    assert metrics is not None
    shown = ntrader("show", run_id).stdout
    assert re.search(rf"total_return +{metrics.total_return:.2%}", shown)
    assert re.search(rf"final_balance +{metrics.final_balance:,.2f} USD", shown)
    assert re.search(r"max_drawdown_at +2012-\d\d-\d\d *$", shown, re.MULTILINE)


def test_show_trades_lists_each_round_trip(ntrader: Ntrader, wb: Workbench, run_id: str) -> None:
    trades = wb.get(run_id).trades()
    assert len(ntrader("show", run_id, "--trades").stdout.splitlines()) == 1 + len(trades)
    rows = strict_json(ntrader("show", run_id, "--trades", "--json").stdout)
    assert [row["pnl"] for row in rows] == trades["pnl"].to_list()


def test_delete_takes_a_running_run_by_force_only(ntrader: Ntrader, wb: Workbench) -> None:
    answers: list[Any] = []

    def delete() -> None:
        (run_id,) = wb.history(status="running")["run_id"]
        answers.extend(ntrader("delete", run_id, "--yes", *more) for more in ((), ("--force",)))

    user_strategies.CALLED["command"] = delete
    with pytest.raises(RunDeleted):
        wb.run("tests.support.user_strategies:Script", instrument="AAPL", call_on=4, note="command", progress=False)
    refused, gone = answers
    assert (refused.exit_code, gone.exit_code) == (1, 0)
    assert "is running: " in refused.stderr
    assert "With --force it is deleted all the same" in refused.stderr
    assert gone.stdout.startswith("deleted ")


def test_delete_asks_first(ntrader: Ntrader, wb: Workbench, run_id: str) -> None:
    for typed in ("n\n", "\n", ""):
        kept = ntrader("delete", run_id, typed=typed)
        assert kept.exit_code == 1
        assert "nothing was deleted" in kept.stderr
        assert "--yes" in kept.stderr
    assert len(wb.history()) == 1
    gone = ntrader("delete", run_id[:8], typed="y\n")
    assert (gone.exit_code, len(wb.history())) == (0, 0)
    assert f"deleted {run_id}" in gone.stdout


def test_delete_with_yes_does_not_ask(ntrader: Ntrader, wb: Workbench, run_id: str) -> None:
    assert ntrader("delete", run_id, "--yes").stdout == f"deleted {run_id}\n"
    assert len(wb.history()) == 0


# --- strategies and data -------------------------------------------------------------------------------------------


def test_strategies_lists_keys_parameters_and_help(ntrader: Ntrader) -> None:
    shown = ntrader("strategies").stdout
    for key in BUILT_IN:
        assert key in shown
    assert "fast_period=10" in shown
    assert {row["key"] for row in strict_json(ntrader("strategies", "--json").stdout)} >= set(BUILT_IN)


def test_data_list_shows_what_the_catalog_has(ntrader: Ntrader) -> None:
    shown = ntrader("data", "list").stdout
    assert re.search(r"GOOG\.NASDAQ +1-DAY-LAST-EXTERNAL +2004-08-19 +2013-03-01 +2,148 +csv", shown)
    rows = strict_json(ntrader("data", "list", "--json").stdout)
    assert [row["instrument_id"] for row in rows] == ["AAPL.NASDAQ", "GOOG.NASDAQ", "IBM.NYSE", "MSFT.NASDAQ"]
    assert rows[0]["first"] == "2000-03-01T23:59:59+00:00"


def test_data_comes_in_from_a_file_a_random_walk_and_the_sample(ntrader: Ntrader, tmp_path: Path) -> None:
    empty = {"WORKBENCH_HOME": str(tmp_path / "home")}
    assert "ntrader data sample" in ntrader("data", "list", **empty).stdout
    file = tmp_path / "prices.csv"
    file.write_text(
        "time,open,high,low,close\n2020-01-02 09:30,1,2,1,2\n2020-01-02 09:31,2,3,2,3\n".replace("time", "datetime")
    )
    arguments = ("data", "import", str(file), "--instrument", "XYZ.LSE", "--bar", "1m", "--tz", "America/New_York")
    done = ntrader(*arguments, "--stamps", "close", "--kind", "equity", "--currency", "GBP", **empty)
    assert (done.exit_code, done.stderr) == (0, "")
    assert "XYZ.LSE 1-MINUTE-LAST-EXTERNAL: 2 rows, 2 added" in done.stdout
    # 9:30 in New York in January is 14:30 UTC, and the stamp is the close
    (row,) = strict_json(ntrader("data", "list", "--json", **empty).stdout)
    assert (row["first"], row["rows"]) == ("2020-01-02T14:30:00+00:00", 2)
    assert "nothing new" in ntrader(*arguments, "--stamps", "close", **empty).stdout

    mocked = ntrader("data", "mock", "--start", "2020-01-01", "--end", "2020-01-31", "--seed", "3", "--json", **empty)
    (report,) = strict_json(mocked.stdout)
    assert (report["instrument_id"], report["added"]) == ("MOCK.SIM", report["rows"])
    # the first of January 2020 is a Wednesday
    assert report["first"] == "2020-01-01T23:59:59+00:00"
    days = ("data", "mock", "--start", "2020-01-01", "--end", "2020-01-31")
    assert "nothing new" in ntrader(*days, "--seed", "3", **empty).stdout
    assert "--replace takes the new values" in ntrader(*days, "--seed", "4", **empty).stderr
    assert "replaced" in ntrader(*days, "--seed", "4", "--replace", **empty).stdout
    sample = ntrader("data", "sample", **empty).stdout
    assert "IBM.NYSE 1-DAY-LAST-EXTERNAL: 3,270 rows, 3,270 added" in sample
    assert re.search("^  warning: no bars from 2001-09-10 to 2001-09-17", sample, re.MULTILINE)


# --- the database --------------------------------------------------------------------------------------------------


def test_db_status_counts_runs(ntrader: Ntrader, run_id: str) -> None:
    shown = ntrader("db", "status")
    assert shown.exit_code == 0
    assert "1 completed, 0 failed" in shown.stdout
    known = strict_json(ntrader("db", "status", "--json").stdout)
    assert known["runs"]["completed"] == 1


def test_db_upgrade_brings_tables_and_then_has_nothing_to_do(ntrader: Ntrader, server: str) -> None:
    with psycopg.connect(server, autocommit=True) as connection:
        connection.execute("create database cli_bare")
    try:
        bare = {"DATABASE_URL": re.sub(r"/postgres\?", "/cli_bare?", server)}
        behind = ntrader("db", "status", **bare)
        assert behind.exit_code == 1
        assert "ntrader db upgrade" in behind.stderr
        assert re.search(r"from an empty database to schema \d+\.", ntrader("db", "upgrade", **bare).stdout)
        assert "Nothing to do" in ntrader("db", "upgrade", **bare).stdout
        assert ntrader("db", "status", **bare).exit_code == 0
        with psycopg.connect(bare["DATABASE_URL"], autocommit=True) as connection:
            connection.execute("update alembic_version set version_num = '9999'")
        ahead = ntrader("db", "upgrade", **bare)
        assert ahead.exit_code == 1
        assert "Install a newer workbench" in ahead.stderr
    finally:
        with psycopg.connect(server, autocommit=True) as connection:
            connection.execute(sql.SQL("drop database {} with (force)").format(sql.Identifier("cli_bare")))


@pytest.mark.parametrize("command", [["db", "status"], ["db", "upgrade"], ["history"], ["demo"], ["show", "1a"]])
def test_an_unreachable_database_is_one_line_without_its_password(ntrader: Ntrader, command: list[str]) -> None:
    done = ntrader(*command, DATABASE_URL="postgresql://joe:s3cret@127.0.0.1:1/runs")
    assert done.exit_code == 1
    assert done.stderr.startswith("error: the database cannot be reached")
    assert "DATABASE_URL" in done.stderr
    assert done.stderr.count("\n") == 1
    assert "s3cret" not in done.output


# --- what is wrong, and what to type -------------------------------------------------------------------------------

RUN = ("run", "sma_crossover", "--instrument", "AAPL")
IMPORT = ("--instrument", "AAPL.NASDAQ", "--bar", "1d")


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        (["run", "sma_crosover", "--instrument", "AAPL"], "Did you mean 'sma_crossover'?"),
        (["run", "sma_crossover", "--instrument", "APL"], "Did you mean 'AAPL.NASDAQ'?"),
        (["run", "no_module:Class", "--instrument", "AAPL"], "cannot import 'no_module'"),
        ([*RUN, "--start", "x"], "--start 'x' is not a date"),
        ([*RUN, "--start", "x"], "Type --start '2012-03-01'."),
        ([*RUN, "--end", "2030-01-01"], "Use --start '2000-03-01', --end '2013-03-01'"),
        ([*RUN, "--capital", "lots"], "Type --capital 10_000 or --capital '10000 USD'."),
        ([*RUN, "--capital", "1000 EUR"], "Type --capital '1000 USD'."),
        ([*RUN, "--fees", "3"], "Type --fees 0.001 for 0.1 %"),
        ([*RUN, "--leverage", "2", "--account", "cash"], "needs --account 'margin'"),
        ([*RUN, "--risk-free", "5"], "--risk-free 5.0 is a rate per year: type 0.02"),
        ([*RUN, "--bar", "5m"], "Did you mean '1-DAY-LAST-EXTERNAL'?"),
        ([*RUN, "--param", "fast_period"], "Type --param fast_period=10"),
        ([*RUN, "--param", "=10"], "Type --param fast_period=10"),
        ([*RUN, "--param", "fast=3"], "Did you mean 'fast_period'?"),
        ([*RUN, "--param", "xyz=3"], "ntrader strategies lists parameters"),
        ([*RUN, "--param", "fast_period=x"], "fast_period='x' is not valid"),
        ([*RUN, "--param", "fast_period=30"], "fast_period must be below slow_period"),
        (["history", "--limit", "0"], "--limit 0 must be a whole number from 1 to 1000"),
        (["history", "--since", "2020-13-01"], "Type --since '2012-03-01'."),
        (["history", "--since", "2021-01-01", "--until", "2020-01-01"], "Swap them."),
        (["history", "--json", "--csv"], "Leave one out."),
        (["show", "xyz"], "ntrader history lists the newest."),
        (["tag", "00000000"], "Type ntrader tag ID ema or ntrader tag ID --remove ema."),
        (["show", "00000000"], "ntrader history lists the newest."),
        (["show", "00", "--trades", "--trace"], "Leave one out."),
        (["delete", "00000000", "--yes"], "ntrader history lists the newest."),
        (["data", "import", "missing.csv", *IMPORT], "there is no file missing.csv"),
        (["data", "import", ".", *IMPORT], "is a folder"),
        (["data", "mock", "--start", "2020-02-30"], "--start '2020-02-30' is not a date"),
        (["data", "mock", "--instrument", "AAPL.NASDAQ"], "--replace"),
    ],
)
def test_a_bad_input_is_one_line_that_says_what_to_type(ntrader: Ntrader, arguments: list[str], said: str) -> None:
    done = ntrader(*arguments)
    assert done.exit_code == 1
    assert done.stdout == ""
    assert done.stderr.startswith("error: ")
    assert done.stderr.count("\n") == 1
    assert said in done.stderr
    assert "wb." not in done.stderr


@pytest.mark.parametrize(
    ("python", "terminal"),
    [
        (Message("Type ", Argument("start", "'2012-03-01'"), "."), "Type --start '2012-03-01'."),
        (Message("It has several. Say which with ", Argument("bar"), "."), "It has several. Say which with --bar."),
        (Message(Argument("risk_free", "5"), " is a rate"), "--risk-free 5 is a rate"),
        (Message("Leave it out, or say ", Argument("replace", "True"), "."), "Leave it out, or say --replace."),
        (
            Message(Call("instruments"), " lists them; ", Call("import_csv"), " brings"),
            "ntrader data list lists them; ntrader data import brings",
        ),
        (Message(Call("history"), " or ", Call("strategies")), "ntrader history or ntrader strategies"),
        (Message("Its trace: ", Call("details", ("1a2b3c4d",))), "Its trace: ntrader show 1a2b3c4d"),
        (Message(Argument("fast_start", "3"), " and end=4 of a user"), "fast_start=3 and end=4 of a user"),
        ("two\nlines and \x1b[31mred", "two lines and \\x1b[31mred"),
    ],
)
def test_errors_speak_the_language_of_the_terminal(
    python: str, terminal: str, capsys: pytest.CaptureFixture[str]
) -> None:
    complain(InvalidInput(python))
    assert capsys.readouterr().err == f"error: {terminal}\n"


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        (["run", "sma_crossover"], "Missing option '--instrument'"),
        (["run", "--instrument", "AAPL"], "Missing argument 'STRATEGY'"),
        ([*RUN, "--account", "savings"], "'margin', 'cash'"),
        ([*RUN, "--seed", "x"], "--seed"),
        (["history", "--status", "done"], "'running', 'completed', 'failed', 'interrupted'"),
        (["history", "--limit", "many"], "--limit"),
        (["show"], "Missing argument 'ID'"),
        (["data", "import", "x.csv", *IMPORT, "--stamps", "middle"], "'open', 'close'"),
        (["histroy"], "No such command 'histroy'"),
    ],
)
def test_a_wrong_usage_exits_with_2_and_names_the_choices(ntrader: Ntrader, arguments: list[str], said: str) -> None:
    done = ntrader(*arguments)
    assert done.exit_code == 2
    assert said in done.stderr


def test_an_order_that_there_is_not_is_answered_with_those_there_are(ntrader: Ntrader) -> None:
    done = ntrader("history", "--sort", "sharpe")
    assert done.exit_code == 1
    assert all(repr(name) in done.stderr for name in ORDERS)


def test_an_ambiguous_id_is_answered_with_the_candidates(ntrader: Ntrader, wb: Workbench) -> None:
    # an id begins with one of 16 digits: of 17 runs, two begin with the same
    ids = [wb.run("momentum", instrument="AAPL", start="2012-01-03", end="2012-01-09").id for _ in range(17)]
    digit = next(one[0] for one in ids if sum(other[0] == one[0] for other in ids) > 1)
    done = ntrader("show", digit)
    assert done.exit_code == 1
    assert all(one in done.stderr for one in ids if one[0] == digit)
    assert "Type more of the id." in done.stderr


def test_a_run_that_did_not_fail_has_no_trace(ntrader: Ntrader, run_id: str) -> None:
    done = ntrader("show", run_id, "--trace")
    assert done.exit_code == 1
    assert done.stderr == f"error: run {run_id[:8]} is completed: it has no stack trace.\n"
