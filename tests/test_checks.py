"""Arguments that do not fit, and arguments that raise: one sentence each, in every verb."""

from __future__ import annotations

import inspect
from collections.abc import Callable, Iterator
from typing import Any

import pytest
from typer.testing import CliRunner

from tests.stories.test_record import CLOSES, import_closes, run_script
from workbench import Workbench, metric
from workbench.cli import app
from workbench.errors import InvalidInput, UnknownParameter, WorkbenchError

any_metric: Any = metric
NEEDED = {"strategy": "sma_crossover", "instrument": "AAPL", "bar": "1d", "path": "x", "run_id": "1a"}
VERBS = [name for name, value in vars(Workbench()).items() if not name.startswith("_") and callable(value)]


@pytest.fixture(scope="module")
def nowhere() -> Any:
    """A workbench of which nothing is asked that could be answered."""
    return Workbench()


class Hostile:
    """Whatever is done with it raises."""

    def __repr__(self) -> str:
        raise RuntimeError("repr, of all things")

    def __str__(self) -> str:
        raise RuntimeError("str, of all things")

    def __eq__(self, other: object) -> bool:
        raise RuntimeError("eq, of all things")

    def __hash__(self) -> int:
        raise RuntimeError("hash, of all things")


class Nameless:
    """Its description is no text."""

    def __repr__(self) -> str:
        return 5  # type: ignore[return-value]


@pytest.mark.parametrize("verb", VERBS)
def test_an_argument_that_a_verb_does_not_have_is_named(nowhere: Any, verb: str) -> None:
    call = getattr(nowhere, verb)
    if not takes_any_name(call):
        with pytest.raises(InvalidInput, match=f"no (argument of {verb}|filter) is called 'foo'"):
            list(call(foo=1))


def takes_any_name(verb: Callable[..., object]) -> bool:
    """Whether a strategy's parameters are among its arguments."""
    return any(p.kind is p.VAR_KEYWORD for p in inspect.signature(verb).parameters.values())


@pytest.mark.parametrize(
    ("call", "says"),
    [
        (lambda wb: wb.import_mock(sed=1), "no argument of import_mock is called 'sed'. Did you mean 'seed'?"),
        (lambda wb: wb.run("sma", "AAPL"), "run takes 1 argument by place and 2 were given. Type instrument=…"),
        (lambda wb: wb.run(), "run needs strategy."),
        (lambda wb: wb.strategy_history(), "strategy_history needs strategy."),
        (lambda wb: wb.strategy_history("x", limit=3), "limit=3 does not go with this list. wb.history() takes it."),
        (lambda wb: wb.get("1a", run_id="1a"), "run_id of get is given twice: by place and by name."),
        (lambda wb: wb.status(1), "status takes no arguments by place and 1 were given."),
        (lambda wb: wb.plot.equity(fig=1), "no argument of equity is called 'fig'. Known: rebased."),
        (lambda wb: any_metric(print), "metric takes no arguments by place and 1 were given. Type higher_is_better=…"),
        (lambda wb: any_metric(), "metric needs higher_is_better."),
    ],
)  # fmt: skip
def test_what_does_not_fit_is_said_in_a_sentence(nowhere: Any, call: Callable[[Any], object], says: str) -> None:
    with pytest.raises(InvalidInput) as caught:
        call(nowhere)
    assert str(caught.value) == says
    assert caught.value.__cause__ is None


@pytest.mark.parametrize(
    ("typed", "meant"),
    [
        ("fast", "fast_period"),
        ("commission", "fees"),
        ("fast_perod", "fast_period"),
        ("cash", "capital"),
        ("fee", "fees"),
    ],
)
def test_a_misspelt_argument_of_a_run_is_told_what_was_meant(wb: Workbench, typed: str, meant: str) -> None:
    misspelt: dict[str, Any] = {typed: 1}
    with pytest.raises(UnknownParameter, match=f"'{typed}'. Did you mean '{meant}'"):
        wb.run("sma_crossover", instrument="AAPL", **misspelt)


@pytest.mark.parametrize(
    "hostile", [Hostile(), [Hostile()], {"a": Hostile()}, Nameless()], ids=["itself", "list", "dict", "no text"]
)
def test_an_argument_that_raises_is_refused_in_a_sentence(wb: Workbench, hostile: object) -> None:
    said = [text for name in VERBS if name not in ("close", "status") for text in refusals(getattr(wb, name), hostile)]
    assert len(said) > 60
    assert not any("\n" in text for text in said)
    with pytest.raises(InvalidInput, match=r"^instrument is a .* that cannot be read: .*\.$"):
        wb.run("sma_crossover", instrument=hostile)  # type: ignore[call-overload]


def refusals(verb: Callable[..., Any], hostile: object) -> Iterator[str]:
    """What a verb says where each of its arguments is this one; nothing where it does without."""
    parameters = inspect.signature(verb).parameters.values()
    for parameter in parameters:
        others = {p.name: NEEDED[p.name] for p in parameters if p.name in NEEDED and p.default is p.empty}
        try:
            if parameter.kind is parameter.VAR_POSITIONAL:
                verb(hostile)
            elif parameter.kind is not parameter.VAR_KEYWORD:
                verb(**{**others, parameter.name: hostile})
        except WorkbenchError as error:
            yield str(error)


def test_half_a_character_is_no_name_of_a_file(fresh_wb: Workbench, tmp_path: Any) -> None:
    import_closes(fresh_wb, tmp_path, CLOSES)
    run = run_script(fresh_wb, {"1": 90})
    with pytest.raises(InvalidInput, match="has half a character, which no file's name can have"):
        fresh_wb.export_config(run, "\ud800")


def test_an_error_of_the_verbs_own_stays_what_it_is(wb: Workbench) -> None:
    def fails(text: str) -> None:
        raise TypeError("a mistake of ours")

    wb.tell = fails
    wb.import_mock(instrument="OWN.SIM", end="2020-02-01")
    wb.run("sma_crossover", instrument="OWN", fast_period=2, slow_period=3, progress=False)
    with pytest.raises(TypeError, match="a mistake of ours"):
        wb.run("sma_crossover", instrument="OWN", fast_period=2, slow_period=3, progress=False)


def test_the_command_says_its_version() -> None:
    done = CliRunner().invoke(app, ["--version"])
    assert done.exit_code == 0
    assert done.stdout.startswith("ntrader 0.")
    assert ", NautilusTrader 1." in done.stdout
