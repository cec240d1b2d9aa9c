"""A secret is nowhere: not in the record, not in a message, not in recorded source."""

from __future__ import annotations

import importlib
import sys
from collections.abc import Iterator
from pathlib import Path

import psycopg
import pytest

from tests.stories.test_record import CLOSES, import_closes
from tests.support.verdicts import verdict_of
from workbench import Workbench
from workbench.config import Terms, hidden, masked, without
from workbench.config.secrets import is_secret, without_literals
from workbench.errors import InvalidInput, RunFailed
from workbench.plans import Request, resolve
from workbench.workers.pool import Pool

SECRET = "sk-9f3b77aa"
IN_CODE = "pw-1c2d3e4f"
STRATEGY = f'''
import msgspec
from nautilus_trader.model.data import BarType
from nautilus_trader.model.identifiers import InstrumentId
from nautilus_trader.trading.config import StrategyConfig
from nautilus_trader.trading.strategy import Strategy

DB_PASSWORD = "{IN_CODE}"


class KeyedConfig(StrategyConfig, kw_only=True, frozen=True):
    instrument_id: InstrumentId
    bar_type: BarType
    api_key: str = ""
    feeds: dict[str, dict[str, str]] = msgspec.field(default_factory=dict)


class Keyed(Strategy):
    def __init__(self, config: KeyedConfig) -> None:
        super().__init__(config)

    def on_start(self) -> None:
        if self.config.api_key:
            raise PermissionError(f"the server refused {{self.config.api_key}}")
'''


@pytest.fixture
def keyed(fresh_wb: Workbench, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Workbench]:
    import_closes(fresh_wb, tmp_path, CLOSES)
    (tmp_path / "secret_idea.py").write_text(STRATEGY)
    monkeypatch.syspath_prepend(tmp_path)
    yield fresh_wb
    sys.modules.pop("secret_idea", None)


@pytest.mark.parametrize("name", ["api_key", "apiKey", "API_KEY", "bot_token", "DB_PASSWORD", "clientSecret"])
def test_names_of_secrets_are_known_in_every_spelling(name: str) -> None:
    assert is_secret(name)


@pytest.mark.parametrize("name", ["fast_period", "key", "monkey", "keyboard", "tokenizer", "passage", "secretary"])
def test_other_names_are_no_secrets(name: str) -> None:
    assert not is_secret(name)


def test_texts_are_masked_however_deep_and_numbers_are_not() -> None:
    plain = {"token": "abcd", "n": 1, "feeds": [{"x": {"password": ["efgh", ""]}}], "secret_level": 5}
    assert masked(plain) == {"token": "***", "n": 1, "feeds": [{"x": {"password": ["***", ""]}}], "secret_level": 5}
    assert hidden(plain) == ("abcd", "efgh")
    assert without("abcd said efgh", hidden(plain)) == "*** said ***"


def test_literals_beside_secret_names_are_masked_in_source() -> None:
    source = """ä = {"api_key": %s, "n": "v"}
class C:
    token: str = %s
def f(a="b", *, password=%s): g(secret=%s)
"""
    expected = source % (('"***"',) * 4)
    source %= ('"k1"', "'t1'", '"p1"', 'r"s1"')
    assert without_literals(source) == expected
    assert without_literals("def broken(:\n    token = 'x'") == "def broken(:\n    token = 'x'"


def test_no_secret_reaches_the_database_or_an_error(
    keyed: Workbench, sql_connection: psycopg.Connection, capsys: pytest.CaptureFixture[str]
) -> None:
    with pytest.raises(RunFailed) as failed:
        keyed.run(
            "secret_idea:Keyed",
            instrument="ACME.TEST",
            api_key=SECRET,
            feeds={"a": {"token": SECRET[::-1]}},
            progress=False,
        )
    run = failed.value.run
    assert run.params["api_key"] == "***"
    assert run.error is not None
    assert run.error.message == "PermissionError: the server refused ***"
    tables = sql_connection.execute("select tablename from pg_tables where schemaname = 'workbench'").fetchall()
    assert len(tables) > 8
    dump = "\n".join(
        row[0] for (name,) in tables for row in sql_connection.execute(f"select t::text from {name} t").fetchall()
    )
    shown = f"{dump}{failed.value}{run}{run.card().html()}{keyed.details(run)['value'].tolist()}{capsys.readouterr()}"
    for secret in (SECRET, SECRET[::-1], IN_CODE):
        assert secret not in shown
    assert 'DB_PASSWORD = "***"' in run.source


def test_a_masked_parameter_must_be_given_again(keyed: Workbench) -> None:
    with pytest.raises(RunFailed) as failed:
        keyed.run("secret_idea:Keyed", instrument="ACME.TEST", api_key=SECRET, progress=False)
    with pytest.raises(InvalidInput, match=r"api_key was masked when it was recorded\. Pass it again: api_key=…"):
        keyed.rerun(failed.value.run)
    with pytest.raises(RunFailed) as second:
        keyed.rerun(failed.value.run, api_key=SECRET, progress=False)
    assert SECRET not in str(second.value.run.verdict)


def test_a_masked_value_inside_a_parameter_must_be_given_again_too(keyed: Workbench) -> None:
    run = keyed.run("secret_idea:Keyed", instrument="ACME.TEST", feeds={"a": {"token": SECRET}}, progress=False)
    with pytest.raises(InvalidInput, match="feeds was masked"):
        keyed.rerun(run)
    assert verdict_of(keyed.rerun(run, feeds={"a": {"token": SECRET}}, progress=False)).same


def test_a_secret_of_the_wrong_type_is_not_shown(keyed: Workbench) -> None:
    with pytest.raises(InvalidInput) as refused:
        keyed.run("secret_idea:Keyed", instrument="ACME.TEST", api_key=[SECRET], progress=False)
    assert SECRET not in str(refused.value)
    assert "api_key" in str(refused.value)


def test_the_users_file_is_left_as_it_is(keyed: Workbench, tmp_path: Path) -> None:
    keyed.run("secret_idea:Keyed", instrument="ACME.TEST", progress=False)
    assert importlib.import_module("secret_idea").DB_PASSWORD == IN_CODE
    assert (tmp_path / "secret_idea.py").read_text() == STRATEGY


def test_what_a_pool_hands_back_has_no_secret(keyed: Workbench) -> None:
    request = Request(
        strategy="secret_idea:Keyed",
        instrument="ACME.TEST",
        bar=None,
        start=None,
        end=None,
        terms=Terms(),
        params={"api_key": SECRET},
        risk_free=0.0,
    )
    catalog = keyed._session.catalog
    with Pool(1) as pool:
        (outcome,) = pool.run([resolve(request, catalog)], catalog)
    assert outcome.result is not None
    assert outcome.result.error is not None
    assert outcome.result.error.message == "PermissionError: the server refused ***"
    assert SECRET not in repr(outcome) + outcome.result.error.trace
