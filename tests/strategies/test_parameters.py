from __future__ import annotations

import importlib
import subprocess
import sys
from typing import Any

import msgspec
import numpy as np
import pytest
from nautilus_trader.common.config import msgspec_decoding_hook
from nautilus_trader.model.data import BarType
from nautilus_trader.model.identifiers import InstrumentId

from workbench.errors import InvalidParameter

CONFIGS = {"sma_crossover": "SmaCrossoverConfig", "mean_reversion": "MeanReversionConfig", "momentum": "MomentumConfig"}
INSTRUMENT = "ACME.SIM"
BAR = "ACME.SIM-1-DAY-LAST-EXTERNAL"


def config_class(key: str) -> Any:
    return getattr(importlib.import_module(f"workbench.strategies.builtin.{key}"), CONFIGS[key])


def make(key: str, **params: object) -> Any:
    return config_class(key)(instrument_id=InstrumentId.from_str(INSTRUMENT), bar_type=BarType.from_str(BAR), **params)


def convert(key: str, **params: object) -> Any:
    given = {"instrument_id": INSTRUMENT, "bar_type": BAR, **params}
    return msgspec.convert(given, config_class(key), strict=False, dec_hook=msgspec_decoding_hook)


REFUSED: list[tuple[str, dict[str, Any], str]] = [
    ("sma_crossover", {"fast_period": 0}, "fast_period must be >= 1: got 0"),
    ("sma_crossover", {"fast_period": 10_001}, "fast_period must be <= 10000: got 10001"),
    ("sma_crossover", {"slow_period": 1}, "slow_period must be >= 2: got 1"),
    ("sma_crossover", {"slow_period": 10_001}, "slow_period must be <= 10000: got 10001"),
    ("sma_crossover", {"fast_period": 30}, "fast_period must be below slow_period: 30 >= 20"),
    ("sma_crossover", {"fast_period": 20}, "fast_period must be below slow_period: 20 >= 20"),
    ("sma_crossover", {"fast_period": "ten"}, "fast_period must be a whole number: got 'ten'"),
    ("sma_crossover", {"fast_period": 2.5}, "fast_period must be a whole number: got 2.5"),
    ("sma_crossover", {"fast_period": True}, "fast_period must be a whole number: got True"),
    ("sma_crossover", {"allow_short": "perhaps"}, "allow_short must be True or False: got 'perhaps'"),
    ("mean_reversion", {"rsi_period": 0}, "rsi_period must be >= 1: got 0"),
    ("mean_reversion", {"rsi_period": 1001}, "rsi_period must be <= 1000: got 1001"),
    ("mean_reversion", {"rsi_period": 200}, "rsi_period must be below trend_period: 200 >= 200"),
    ("mean_reversion", {"trend_period": 1}, "trend_period must be >= 2: got 1"),
    ("mean_reversion", {"trend_period": 10_001}, "trend_period must be <= 10000: got 10001"),
    ("mean_reversion", {"entry_below": 0}, "entry_below must be > 0: got 0"),
    ("mean_reversion", {"entry_below": 100}, "entry_below must be < 100: got 100"),
    ("mean_reversion", {"exit_above": 0.0}, "exit_above must be > 0: got 0.0"),
    ("mean_reversion", {"exit_above": 100.0}, "exit_above must be < 100: got 100.0"),
    ("mean_reversion", {"entry_below": 60.0}, "entry_below must be below exit_above: 60.0 >= 50.0"),
    ("mean_reversion", {"entry_below": 50.0}, "entry_below must be below exit_above: 50.0 >= 50.0"),
    ("momentum", {"lookback": 0}, "lookback must be >= 1: got 0"),
    ("momentum", {"lookback": 10_001}, "lookback must be <= 10000: got 10001"),
    ("momentum", {"threshold": -0.1}, "threshold must be >= 0: got -0.1"),
    ("momentum", {"threshold": 10.5}, "threshold must be <= 10: got 10.5"),
    ("momentum", {"threshold": float("inf")}, "threshold must be a finite number: got inf"),
    ("momentum", {"threshold": "much"}, "threshold must be a number: got 'much'"),
    *[
        (key, {"position_pct": value}, message)
        for key in CONFIGS
        for value, message in [
            (0.0, "position_pct must be > 0: got 0.0"),
            (1.5, "position_pct must be <= 1: got 1.5"),
            (float("nan"), "position_pct must be a finite number: got nan"),
        ]
    ],
]


@pytest.mark.parametrize(("key", "params", "message"), REFUSED)
def test_a_wrong_parameter_is_refused_by_name_and_value(key: str, params: dict[str, Any], message: str) -> None:
    with pytest.raises(InvalidParameter) as refusal:
        make(key, **params)
    assert str(refusal.value) == message


@pytest.mark.parametrize(("key", "params", "message"), REFUSED)
def test_nothing_wrong_comes_in_through_a_snapshot_either(key: str, params: dict[str, Any], message: str) -> None:
    with pytest.raises(msgspec.ValidationError):
        convert(key, **params)


@pytest.mark.parametrize("key", CONFIGS)
def test_the_bounds_themselves_are_allowed(key: str) -> None:
    assert make(key, position_pct=1).position_pct == 1


@pytest.mark.parametrize("key", CONFIGS)
def test_a_config_survives_its_json(key: str) -> None:
    config = make(key, position_pct=0.5, allow_short=True)
    assert config_class(key).parse(config.json()) == config


@pytest.mark.parametrize("key", CONFIGS)
def test_text_and_number_are_one_parameter(key: str) -> None:
    assert convert(key, position_pct="0.5", allow_short="true") == make(key, position_pct=0.5, allow_short=True)


def test_a_numpy_number_is_refused_because_it_could_not_be_recorded() -> None:
    with pytest.raises(InvalidParameter, match="fast_period must be a whole number"):
        make("sma_crossover", fast_period=np.int64(5))


def test_importing_the_registry_does_not_import_nautilus_trader() -> None:
    code = (
        "import sys; from workbench.strategies import find; find('sma_crossover'); find('MEAN REVERSION'); "
        "assert 'nautilus_trader' not in sys.modules"
    )
    subprocess.run([sys.executable, "-c", code], check=True)
