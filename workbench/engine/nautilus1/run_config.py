"""NautilusTrader's own `BacktestRunConfig` ↔ JSON values of the snapshot."""

from __future__ import annotations

import json
import secrets
from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

import msgspec

from workbench.config import canonical
from workbench.errors import InvalidInput

if TYPE_CHECKING:
    from nautilus_trader.backtest.config import BacktestRunConfig

CHANCES = ("prob_fill_on_limit", "prob_slippage")


def native_values(run_config: BacktestRunConfig) -> dict[str, Any]:
    """The configuration as JSON values, its defaults filled in, a seed drawn where there is chance and none is given.

    Sets are written in a fixed order: NautilusTrader's own JSON has them in the order of the process's hashes.

    Raises:
        InvalidInput: it holds something JSON has no word for, or would not come back as it was.
    """
    from nautilus_trader.backtest.config import BacktestEngineConfig, BacktestRunConfig
    from nautilus_trader.common.config import msgspec_encoding_hook

    if run_config.engine is None:
        run_config = msgspec.structs.replace(run_config, engine=BacktestEngineConfig())
    try:
        text = msgspec.json.encode(run_config, enc_hook=msgspec_encoding_hook, order="deterministic")
        values: dict[str, Any] = json.loads(text)
        canonical(values)
        BacktestRunConfig.parse(text)
    except (TypeError, ValueError, msgspec.MsgspecError) as error:
        raise InvalidInput(
            f"the BacktestRunConfig cannot be recorded as JSON: {error}. Give classes by their path "
            "('package.module:Class') and parameters as plain values."
        ) from None
    _check(values)
    for venue in values["venues"]:
        _draw_seed(venue)
    return values


def run_config(native: Mapping[str, Any]) -> BacktestRunConfig:
    """The configuration to run: lean, so that errors are raised and the engine is there when it has ended.

    NautilusTrader reads `bar_spec` only where `data_cls` is a class, and JSON has its name: the class is put back.

    Raises:
        InvalidInput: this version of NautilusTrader does not take it, or a path leads nowhere.
    """
    from nautilus_trader.backtest.config import BacktestRunConfig
    from nautilus_trader.config import LoggingConfig

    try:
        given = BacktestRunConfig.parse(json.dumps(native))
    except (TypeError, ValueError, msgspec.MsgspecError) as error:
        raise InvalidInput(f"NautilusTrader does not take this configuration: {error}") from None
    engine = msgspec.structs.replace(given.engine, run_analysis=False)
    if engine.logging is None or engine.logging == LoggingConfig():
        engine = msgspec.structs.replace(engine, logging=LoggingConfig(bypass_logging=True))
    data = [msgspec.structs.replace(one, data_cls=imported(str(one.data_cls))) for one in given.data]
    lean: BacktestRunConfig = msgspec.structs.replace(
        given, engine=engine, data=data, chunk_size=None, raise_exception=True, dispose_on_completion=False
    )
    return lean


def read_run_config(text: str) -> BacktestRunConfig:
    """A `BacktestRunConfig` from its JSON.

    Raises:
        InvalidInput: not JSON, or not such a configuration.
    """
    from nautilus_trader.backtest.config import BacktestRunConfig

    try:
        parsed: BacktestRunConfig = BacktestRunConfig.parse(text)
    except (TypeError, ValueError, msgspec.MsgspecError) as error:
        raise InvalidInput(f"it is not the JSON of a BacktestRunConfig: {error}") from None
    return parsed


def imported(path: str) -> type:
    """The class at ``"package.module:Class"``.

    Raises:
        InvalidInput: there is none.
    """
    from nautilus_trader.common.config import resolve_path

    try:
        found = resolve_path(path)
    except Exception as error:
        # whatever the module raises while it is imported is the answer to give
        raise InvalidInput(f"cannot import {path!r}: {type(error).__name__}: {error}") from error
    if not isinstance(found, type):
        raise InvalidInput(f"{path!r} is not a class: got {found!r}")
    return found


def _check(values: Mapping[str, Any]) -> None:
    for name, example in (("venues", "BacktestVenueConfig(...)"), ("data", "BacktestDataConfig(...)")):
        if not values[name]:
            raise InvalidInput(f"the BacktestRunConfig has no {name}. Type {name}=[{example}].")
    if values["data_clients"]:
        raise InvalidInput("data_clients need a live connection, which a recorded run has not. Import the data first.")
    if not any(values["engine"][kind] for kind in ("strategies", "actors")):
        raise InvalidInput(
            "the BacktestRunConfig has neither strategies nor actors: nothing would trade. "
            "Type engine=BacktestEngineConfig(strategies=[ImportableStrategyConfig(...)])."
        )


def _draw_seed(venue: dict[str, Any]) -> None:
    """Without a seed the run could never be reproduced: one is drawn, and recorded with the rest."""
    model = venue["fill_model"]
    if model is None:
        return
    fields = {field.name: field.default for field in msgspec.structs.fields(imported(model["config_path"]))}
    chosen = {**{name: fields.get(name) for name in CHANCES}, **model["config"]}
    path = str(model["fill_model_path"])
    # NautilusTrader's other models do the same every time; nobody knows what a user's own does
    chance = path.endswith(":ProbabilisticFillModel") or not path.startswith("nautilus_trader.")
    chance |= any(0 < float(chosen[name]) < 1 for name in CHANCES if chosen.get(name) is not None)
    if chance and "random_seed" in fields and model["config"].get("random_seed") is None:
        model["config"] = {**model["config"], "random_seed": secrets.randbelow(2**31)}
