from __future__ import annotations

import sys
import textwrap
import types
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any, Protocol

import pytest
from hypothesis import given
from hypothesis import strategies as st

from workbench.errors import InvalidInput, StrategyNotFound
from workbench.strategies import (
    Parameter,
    StrategyInfo,
    find,
    load,
    parameters,
    register,
    registered,
    registry,
    strategy_key,
)

SOURCE = """
from typing import Annotated, Literal
from decimal import Decimal
import msgspec
from nautilus_trader.config import StrategyConfig
from nautilus_trader.model.data import BarType
from nautilus_trader.model.identifiers import InstrumentId
from nautilus_trader.trading.strategy import Strategy
from workbench.strategies import register

class NightOwlConfig(StrategyConfig, kw_only=True, frozen=True):
    instrument_id: InstrumentId
    bar_type: BarType
    hour: Annotated[int, msgspec.Meta(ge=0, lt=24, description="hour of the day")]
    stop: Annotated[float, msgspec.Meta(gt=0)] | None = None
    mode: Literal["fast", "slow"] = "fast"
    size: Decimal = Decimal(1)
    tags: list[str] = msgspec.field(default_factory=list)

class NightOwl(Strategy):
    '''Trade at night.

    More about it.
    '''
    def __init__(self, config: NightOwlConfig) -> None:
        super().__init__(config)
"""


class ModuleWriter(Protocol):
    """Write a module, dedented, and return its name."""

    def __call__(self, name: str, source: str, after: str = "") -> str: ...


class Installer(Protocol):
    """Write a package's entry points, one per line."""

    def __call__(self, *lines: str, package: str = "owls") -> None: ...


CellRunner = Callable[[str], types.ModuleType]


def config_class(info: StrategyInfo) -> type[Any]:
    config = load(info)[1]
    assert config is not None
    return config


@pytest.fixture(autouse=True)
def clean_registry(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(registry, "_own", {})


@pytest.fixture
def module(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[ModuleWriter]:
    """Write a module, and import it afresh."""
    monkeypatch.syspath_prepend(tmp_path)
    written = []

    def write(name: str, source: str, after: str = "") -> str:
        (tmp_path / f"{name}.py").write_text(textwrap.dedent(source) + textwrap.dedent(after))
        sys.modules.pop(name, None)
        written.append(name)
        return name

    yield write
    for name in written:
        sys.modules.pop(name, None)


@pytest.fixture
def cell(monkeypatch: pytest.MonkeyPatch) -> CellRunner:
    """Execute a notebook cell in a ``__main__`` of its own."""
    main = types.ModuleType("__main__")
    monkeypatch.setitem(sys.modules, "__main__", main)

    def run(source: str) -> types.ModuleType:
        exec(compile(textwrap.dedent(source), "<cell>", "exec"), main.__dict__)
        return main

    return run


@pytest.fixture
def install(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Installer:
    """Put the metadata of a package with entry points on the path."""

    def write(*lines: str, package: str = "owls") -> None:
        info = tmp_path / f"{package}-1.0.dist-info"
        info.mkdir()
        (info / "METADATA").write_text(f"Metadata-Version: 2.1\nName: {package}\nVersion: 1.0\n")
        (info / "entry_points.txt").write_text("[workbench.strategies]\n" + "\n".join(lines) + "\n")
        monkeypatch.syspath_prepend(tmp_path)

    return write


# --- built-in


def test_the_three_built_ins_are_listed_by_key_with_their_type() -> None:
    assert [(i.key, i.name, i.type, i.registered) for i in registered()] == [
        ("mean_reversion", "Mean Reversion", "mean_reversion", True),
        ("momentum", "Momentum", "momentum", True),
        ("sma_crossover", "SMA Crossover", "trend_following", True),
    ]


def test_what_is_read_from_the_source_is_what_the_import_gives() -> None:
    for info in registered():
        cls, config = load(info)[0], config_class(info)
        assert info.path == f"{cls.__module__}:{cls.__qualname__}"
        assert info.config_path == f"{config.__module__}:{config.__qualname__}"
        assert info.help == str(cls.__doc__).splitlines()[0]
        assert info.key == cls.__module__.rpartition(".")[2]


def test_parameters_have_type_default_bounds_and_help_but_nothing_of_nautilus_trader() -> None:
    assert parameters(find("mean_reversion"))[:2] == [
        Parameter(name="rsi_period", type="int", default=2, minimum=1, maximum=1000, help="bars of the RSI"),
        Parameter(
            name="entry_below",
            type="float",
            default=10.0,
            minimum=0,
            maximum=100,
            minimum_excluded=True,
            maximum_excluded=True,
            help="buy when the RSI is below this",
        ),
    ]
    assert {i.key: [(p.name, p.default) for p in parameters(i)] for i in registered()} == {
        "mean_reversion": [
            ("rsi_period", 2),
            ("entry_below", 10.0),
            ("exit_above", 50.0),
            ("trend_period", 200),
            ("position_pct", 0.95),
            ("allow_short", False),
        ],
        "momentum": [("lookback", 126), ("threshold", 0.0), ("position_pct", 0.95), ("allow_short", False)],
        "sma_crossover": [("fast_period", 10), ("slow_period", 20), ("position_pct", 0.95), ("allow_short", False)],
    }
    assert all(p.help for i in registered() for p in parameters(i))


@pytest.mark.parametrize(
    "asked",
    [
        "sma_crossover",
        "SMA Crossover",
        "sma crossover",
        " SMA-CROSSOVER ",
        "workbench.strategies.builtin.sma_crossover:SmaCrossover",
        " workbench.strategies.builtin.sma_crossover:SmaCrossover ",
    ],
)
def test_a_built_in_is_found_by_key_by_name_in_any_case_and_by_path(asked: str) -> None:
    assert find(asked).path == "workbench.strategies.builtin.sma_crossover:SmaCrossover"


def test_a_built_in_is_found_by_its_class() -> None:
    assert find(load(find("momentum"))[0]) == find("momentum")


# --- the key


@pytest.mark.parametrize(
    ("name", "key"),
    [
        ("SMA Crossover", "sma_crossover"),
        ("RSI(2), daily!", "rsi_2_daily"),
        ("  _Über-Schall_ ", "über_schall"),
        ("STRASSE", "strasse"),
        ("Straße", "strasse"),
        ("ﬁx", "fix"),
        ("日経 平均", "日経_平均"),
        ("हिन्दी", "हिन्दी"),
    ],
)
def test_a_key_is_made_of_the_words_of_the_name(name: str, key: str) -> None:
    assert strategy_key(name) == key


@given(st.text())
def test_the_key_of_a_key_is_itself(name: str) -> None:
    try:
        key = strategy_key(name)
    except InvalidInput:
        return
    assert strategy_key(key) == key


def test_a_name_without_letters_has_no_key() -> None:
    with pytest.raises(InvalidInput, match="needs a letter or a digit: got '!!!'"):
        strategy_key("!!!")


# --- a user's own


def test_a_decorated_class_in_a_module_is_listed_and_found(module: ModuleWriter) -> None:
    name = module("owls_decorated", SOURCE.replace("class NightOwl(", "@register(type='nocturnal')\nclass NightOwl("))
    __import__(name)
    info = find("night_owl")
    assert info in registered()
    assert (info.name, info.type, info.help) == ("Night Owl", "nocturnal", "Trade at night.")
    assert (info.path, info.config_path) == ("owls_decorated:NightOwl", "owls_decorated:NightOwlConfig")
    assert info.registered
    assert find("Night OWL") == find("owls_decorated:NightOwl") == find(load(info)[0]) == info


def test_the_decorator_works_without_parentheses_and_returns_the_class(module: ModuleWriter) -> None:
    owl = load(find(module("owls_bare", SOURCE) + ":NightOwl"))[0]
    assert register(owl) is owl
    assert find("night owl").type == "custom"
    assert register(name="Uhu")(owl) is owl
    assert [i.name for i in registered() if i.path.startswith("owls")] == ["Uhu"]


def test_running_a_notebook_cell_again_replaces_the_registration(cell: CellRunner) -> None:
    text = SOURCE.replace("class NightOwl(", "@register(name='{name}')\nclass NightOwl(")
    cell(text.replace("{name}", "Owl"))
    main = cell(text.replace("{name}", "Eule"))
    assert [i.name for i in registered() if i.path == "__main__:NightOwl"] == ["Eule"]
    assert load(find("eule")) == (main.NightOwl, main.NightOwlConfig)
    with pytest.raises(StrategyNotFound):
        find("owl")


def test_two_classes_of_one_key_are_refused_naming_both(module: ModuleWriter) -> None:
    decorated = SOURCE.replace("class NightOwl(", "@register\nclass NightOwl(")
    __import__(module("owls_one", decorated))
    with pytest.raises(InvalidInput, match="'night_owl': owls_two:NightOwl and owls_one:NightOwl"):
        __import__(module("owls_two", decorated))
    with pytest.raises(InvalidInput, match=r"owls_one:NightOwl and workbench\.strategies\.builtin\.momentum:Momentum"):
        register(name="MOMENTUM")(load(find("owls_one:NightOwl"))[0])


def test_recorded_source_can_be_executed_beside_the_class_it_came_from(module: ModuleWriter) -> None:
    decorated = SOURCE.replace("class NightOwl(", "@register\nclass NightOwl(")
    __import__(module("owls_here", decorated))
    with registry.registration_paused():
        __import__(module("owls_recorded", decorated))
    assert find("night_owl").path == "owls_here:NightOwl"


def test_a_name_with_a_colon_is_refused(module: ModuleWriter) -> None:
    owl = load(find(module("owls_colon", SOURCE) + ":NightOwl"))[0]
    with pytest.raises(InvalidInput, match="no colon"):
        register(name="owls:NightOwl")(owl)


def test_an_unregistered_class_is_found_by_path_and_by_class(module: ModuleWriter) -> None:
    info = find(module("owls_plain", SOURCE) + ":NightOwl")
    assert (info.key, info.name, info.type, info.registered) == ("nightowl", "NightOwl", "custom", False)
    assert find(load(info)[0]) == info
    assert info not in registered()


def test_an_unregistered_class_does_not_take_the_name_of_a_registered_one(module: ModuleWriter) -> None:
    info = find(module("mine", SOURCE.replace("NightOwl", "Momentum")) + ":Momentum")
    assert (info.name, info.key) == ("Momentum (mine)", "momentum_mine")


def test_the_parameters_of_any_config_are_described(module: ModuleWriter) -> None:
    info = find(module("owls_params", SOURCE) + ":NightOwl")
    assert parameters(info) == [
        Parameter(
            name="hour", type="int", required=True, minimum=0, maximum=24, maximum_excluded=True, help="hour of the day"
        ),
        Parameter(name="stop", type="float | None", minimum=0, minimum_excluded=True),
        Parameter(name="mode", type="'fast' | 'slow'", default="fast", choices=("fast", "slow")),
        Parameter(name="size", type="Decimal", default=config_class(info).__struct_defaults__[-2]),
        Parameter(name="tags", type="list", default=[]),
    ]


# --- the config class

BODIES = {
    "annotated": ("def __init__(self, config: NightOwlConfig): super().__init__(config)", "NightOwlConfig"),
    "as text": ("def __init__(self, config: 'NightOwlConfig'): super().__init__(config)", "NightOwlConfig"),
    "or none": ("def __init__(self, config: NightOwlConfig | None = None): super().__init__(config)", "NightOwlConfig"),
    "by name": ("pass", "NightOwlConfig"),
    "by name, not annotated": ("def __init__(self, config): super().__init__(config)", "NightOwlConfig"),
    "of a type checker": ("def __init__(self, config: 'Unknown'): super().__init__(config)", "NightOwlConfig"),
    "with more": (
        "def __init__(self, config: NightOwlConfig, x=1, *a, **k): super().__init__(config)",
        "NightOwlConfig",
    ),
}


@pytest.mark.parametrize("body", BODIES)
def test_the_config_class_is_found(module: ModuleWriter, body: str) -> None:
    text, config = BODIES[body]
    head = SOURCE.partition("class NightOwl(")[0]
    info = find(module("owls_config", head, f"class NightOwl(Strategy):\n    {text}\n") + ":NightOwl")
    assert info.config_path == f"owls_config:{config}"
    assert config_class(info).__name__ == config


def test_a_subclass_takes_the_config_of_its_parent(module: ModuleWriter) -> None:
    name = module("owls_child", SOURCE, "\nclass Owlet(NightOwl):\n    pass\n")
    assert find(f"{name}:Owlet").config_path == f"{name}:NightOwlConfig"


def test_a_config_of_another_name_wins_over_one_that_only_looks_like_it(module: ModuleWriter) -> None:
    source = SOURCE + "\nclass Other(StrategyConfig, frozen=True):\n    pass\n"
    name = module("owls_other", source.replace("config: NightOwlConfig", "config: 'Other'"))
    assert find(f"{name}:NightOwl").config_path == f"{name}:Other"


@pytest.mark.parametrize("body", ["pass", "def __init__(self): super().__init__()"])
def test_a_strategy_without_a_config_has_none_and_no_parameters(module: ModuleWriter, body: str) -> None:
    head = "from nautilus_trader.trading.strategy import Strategy\n"
    info = find(module("owls_none", head, f"class Owl(Strategy):\n    {body}\n") + ":Owl")
    assert info.config_path is None
    assert load(info)[1] is None
    assert parameters(info) == []
    assert info.help == ""


def test_a_config_of_no_known_class_is_refused(module: ModuleWriter) -> None:
    source = "from nautilus_trader.trading.strategy import Strategy\n"
    name = module(
        "owls_any", source, "class Owl(Strategy):\n    def __init__(self, config): super().__init__(config)\n"
    )
    with pytest.raises(InvalidInput, match=r"def __init__\(self, config: OwlConfig\)"):
        find(f"{name}:Owl")


def test_parameters_beside_the_config_are_refused(module: ModuleWriter) -> None:
    name = module("owls_extra", SOURCE.replace("config: NightOwlConfig)", "config: NightOwlConfig, hour, *, moon)"))
    with pytest.raises(InvalidInput, match="takes hour, moon beside config"):
        find(f"{name}:NightOwl")


# --- refusals


def test_an_unknown_name_gets_the_nearest_one() -> None:
    with pytest.raises(StrategyNotFound, match=r"'sma_crosover'\. Did you mean 'sma_crossover'"):
        find("sma_crosover")


@pytest.mark.parametrize("asked", ["", "   "])
def test_an_empty_name_is_refused(asked: str) -> None:
    with pytest.raises(InvalidInput, match="strategy is empty"):
        find(asked)


@pytest.mark.parametrize("asked", [7, None, ["momentum"]])
def test_what_is_neither_text_nor_class_is_refused(asked: Any) -> None:
    with pytest.raises(InvalidInput, match="strategy must be a name"):
        find(asked)


def test_a_class_that_is_no_strategy_is_refused() -> None:
    for attempt in (lambda: find(dict), lambda: find("builtins:dict"), lambda: register(dict)):
        with pytest.raises(InvalidInput, match="dict is not a Strategy"):
            attempt()


def test_a_class_inside_a_function_is_refused() -> None:
    momentum: Any = load(find("momentum"))[0]

    class Hidden(momentum):
        pass

    with pytest.raises(InvalidInput, match="Hidden is defined inside a function"):
        find(Hidden)


def test_a_module_that_cannot_be_imported_is_named_with_the_reason(module: ModuleWriter) -> None:
    with pytest.raises(InvalidInput, match="cannot import 'no_such_owl': ModuleNotFoundError: No module named"):
        find("no_such_owl:Owl")
    name = module("owls_broken", "1 / 0")
    with pytest.raises(InvalidInput, match="cannot import 'owls_broken': ZeroDivisionError: division by zero") as error:
        find(f"{name}:Owl")
    assert isinstance(error.value.__cause__, ZeroDivisionError)


def test_a_class_that_is_not_in_its_module_is_named(module: ModuleWriter) -> None:
    name = module("owls_empty", "answer = 42")
    with pytest.raises(InvalidInput, match=r"module 'owls_empty' has no class 'Owl\.Let'"):
        find(f"{name}:Owl.Let")
    with pytest.raises(InvalidInput, match="'owls_empty:answer' is not a class: got 42"):
        find(f"{name}:answer")


# --- entry points


def test_an_installed_package_offers_its_strategies(module: ModuleWriter, install: Installer) -> None:
    module("owls_packed", SOURCE)
    install("Night Watch = owls_packed:NightOwl")
    info = find("night watch")
    assert info in registered()
    assert (info.key, info.name, info.type) == ("night_watch", "Night Watch", "custom")
    assert info.registered
    assert find("owls_packed:NightOwl") == info


def test_an_installed_strategy_that_is_decorated_has_the_name_of_its_decorator(
    module: ModuleWriter, install: Installer
) -> None:
    module("owls_both", SOURCE.replace("class NightOwl(", "@register(name='Uhu')\nclass NightOwl("))
    install("owl = owls_both:NightOwl")
    assert find("uhu").path == "owls_both:NightOwl"
    assert len([i for i in registered() if i.path == "owls_both:NightOwl"]) == 1


@pytest.mark.parametrize(
    ("line", "reason"),
    [
        ("bad = no_such_owl:Owl", "cannot import 'no_such_owl'"),
        ("bad = builtins:dict", "dict is not a Strategy"),
        ("bad = owls_good", "a strategy's path is 'package.module:Class': got 'owls_good'"),
        ("momentum = owls_good:NightOwl", "owls_good:NightOwl and workbench.strategies.builtin.momentum:Momentum"),
    ],
)
def test_a_broken_entry_point_is_warned_of_and_hides_no_other(
    module: ModuleWriter, install: Installer, line: str, reason: str
) -> None:
    module("owls_good", SOURCE.replace("NightOwl", "OtherOwl") + SOURCE)
    install(line, "good = owls_good:OtherOwl")
    with pytest.warns(UserWarning, match="is left out: ") as caught:
        found = registered()
    assert [reason in str(w.message) for w in caught] == [True]
    assert {"good", "momentum", "sma_crossover"} <= {i.key for i in found}
