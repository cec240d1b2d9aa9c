"""The command line, whatever is typed there."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from typer.testing import CliRunner

from tests.fuzz.conftest import LONGEST, SECRET, Door, fuzz, patience, texts
from workbench.cli import app

pytestmark = patience

# an argument of a process has no NUL
words = texts.filter(lambda text: "\x00" not in text)
values = st.one_of(
    words, st.integers().map(str), st.floats().map(str), st.sampled_from(["ACME.TEST", "1d", "started_at"])
)
OPTIONS = {
    "run": ("instrument", "bar", "start", "end", "capital", "account", "leverage", "fees", "slippage", "seed", "param"),
    "history": ("strategy", "type", "instrument", "status", "since", "until", "param", "sort", "limit"),
    "best": ("strategy", "instrument", "since", "param", "limit"),
    "show": ("trades",),
    "compare": ("only-differences",),
    "reproduce": ("code", "set"),
    "diff": ("json",),
    "delete": ("yes",),
}


@st.composite
def commands(draw: st.DrawFn) -> list[str]:
    name = draw(st.sampled_from(list(OPTIONS)))
    line = [name, *draw(st.lists(values, max_size=2))]
    for option in draw(st.lists(st.sampled_from(OPTIONS[name]), max_size=3)):
        line += [f"--{option}", draw(values)] if draw(st.booleans()) else [f"--{option}={draw(values)}"]
    return line


@pytest.fixture(scope="module")
def typed(door: Door) -> Iterator[Any]:
    """Types a line, on the three runs of the door."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("WORKBENCH_HOME", str(door.wb.where.home))
        patch.setenv("DATABASE_URL", str(door.wb.where.database_url))
        patch.chdir(door.wb.where.home)
        yield lambda line: CliRunner().invoke(app, line)


def check(done: Any) -> None:
    """0, or 1 and 2 with one clear sentence; never a traceback."""
    assert done.exception is None or isinstance(done.exception, SystemExit), repr(done.exception)
    assert done.exit_code in (0, 1, 2)
    assert "Traceback" not in done.output
    assert SECRET not in done.output
    if done.exit_code == 1 and done.stderr:
        last = done.stderr.strip().splitlines()[-1]
        assert last.startswith("error: ")
        assert len(last) < LONGEST + 40


@fuzz
@given(commands())
def test_any_command_is_done_or_refused_in_a_sentence(door: Door, typed: Any, line: list[str]) -> None:
    if "--yes" in line:
        line = [word for word in line if word not in door.ids]
    check(typed(line))


@fuzz
@given(st.lists(words, max_size=4))
def test_any_words_are_a_command_or_refused(typed: Any, line: list[str]) -> None:
    check(typed(line))


@fuzz
@given(words, st.lists(st.sampled_from(["instrument", "bar", "tz", "stamps", "kind", "currency"]), max_size=3), values)
def test_any_import_is_done_or_refused(typed: Any, file: str, options: list[str], value: str) -> None:
    given = [word for option in options for word in (f"--{option}", value)]
    check(typed(["data", "import", file, "--instrument", "FUZZ.TEST", "--bar", "1d", *given]))


@fuzz
@given(words)
def test_any_file_of_a_configuration_is_run_or_refused(typed: Any, file: str) -> None:
    check(typed(["run", "--config", file]))
