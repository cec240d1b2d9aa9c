"""A recorded run → the plan to do the same thing again, from its stored configuration alone."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager, nullcontext
from dataclasses import fields, replace
from typing import Any

from workbench import config
from workbench.catalog import Catalog
from workbench.config import MASK, Labels, Snapshot, StrategyUse, Terms
from workbench.engine import Spec, native
from workbench.errors import Call, InvalidInput, UnknownParameter
from workbench.plans.from_request import Code, Request, code_of, resolve
from workbench.plans.from_run_config import info_of, prepare_config
from workbench.provenance import MAIN, SourceFile
from workbench.reproduction import ADAPTED, OVERRIDE
from workbench.runs import Record, RunWarning
from workbench.strategies import parameter_names, recorded

CODES = ("today", "stored")
ASKED = ("instrument", "bar", "start", "end", "risk_free")
TERMS = tuple(field.name for field in fields(Terms))


@contextmanager
def plan_again(
    record: Record,
    snapshot: Snapshot,
    sources: Sequence[SourceFile],
    catalog: Catalog,
    *,
    code: str,
    overrides: Mapping[str, Any],
) -> Iterator[Spec]:
    """The spec of the same run, to be executed inside the block: recorded source is in place only there.

    Args:
        code: ``"today"`` for the strategy as it is now, ``"stored"`` for its recorded source.
        overrides: arguments of a run, or parameters of the strategy, to be other than they were.

    Raises:
        InvalidInput: the strategy or the data have gone, or an override is wrong; the message says which.
    """
    if snapshot.native is not None or "lacks" in snapshot.engine:
        with _configured(record, snapshot, sources, catalog, config.choice("code", code, CODES), overrides) as spec:
            yield spec
        return
    use = snapshot.strategy
    notes = [_overridden(overrides)] if overrides else []
    with _code(use, sources, config.choice("code", code, CODES)) as (strategy_code, about):
        params, adapted = _params(use, strategy_code, overrides)
        request = _request(snapshot, params, overrides)
        notes += [RunWarning(code=ADAPTED, message=message) for message in (*about, *adapted)]
        yield resolve(request, catalog, strategy_code, rerun_of=record.run_id, notes=tuple(notes))


@contextmanager
def _configured(
    record: Record,
    snapshot: Snapshot,
    sources: Sequence[SourceFile],
    catalog: Catalog,
    which: str,
    overrides: Mapping[str, Any],
) -> Iterator[Spec]:
    """The spec of a run that was, or can be written as, a `BacktestRunConfig`."""
    short = str(record.run_id)[:8]
    if snapshot.native is None:
        raise InvalidInput(f"run {short} cannot be reproduced: it was recorded without {snapshot.engine['lacks']}.")
    if overrides:
        raise InvalidInput(
            f"{next(iter(overrides))} cannot be changed: run {short} is a BacktestRunConfig. Type ",
            Call("export_config", (short, "run.json")),
            ", change the file, and: ntrader run --config run.json",
        )
    text = json.dumps(snapshot.native)
    if f'"{MASK}"' in text:
        raise InvalidInput(f"run {short} has values that were masked when it was recorded. Run its configuration anew.")
    with recorded(sources) if which == "stored" else nullcontext():
        run_config = native().parse_config(text)
        yield prepare_config(run_config, catalog, risk_free=snapshot.risk_free, rerun_of=record.run_id)


@contextmanager
def _code(use: StrategyUse, sources: Sequence[SourceFile], which: str) -> Iterator[tuple[Code, list[str]]]:
    """The strategy's code, and messages about it."""
    info = info_of(use)
    about = []
    if which == "today":
        try:
            today = code_of(use.path)
        except InvalidInput as error:
            of_cell = use.path.startswith(f"{MAIN}:")
            if not (of_cell and sources):
                hint = " Type code='stored' to run its recorded source." if sources else ""
                raise InvalidInput(f"the strategy {use.path} is gone: {error}.{hint}".replace("..", ".")) from error
            about.append(f"{use.path} is not in this session: its recorded source was run")
        else:
            yield replace(today, info=replace(info, config_path=today.info.config_path)), about
            return
    if not sources:
        raise InvalidInput(f"no source of {use.path} was recorded. Type code='today' to run it as it is now.")
    with recorded(sources) as find:
        strategy_class = find(use.path)
        config_class = find(use.config_path) if use.config_path is not None else None
        yield Code(info=info, strategy_class=strategy_class, config_class=config_class, sources=tuple(sources)), about


def _params(use: StrategyUse, code: Code, overrides: Mapping[str, Any]) -> tuple[dict[str, Any], list[str]]:
    """The recorded parameters with the overrides, fitted to what the strategy takes by now."""
    known = parameter_names(code.config_class)
    changed = {name: value for name, value in overrides.items() if name not in (*ASKED, *TERMS)}
    for name in changed:
        if name not in known:
            raise UnknownParameter(name, [*known, *ASKED, *TERMS, *(field.name for field in fields(Labels))])
    params, messages = dict(use.params) | changed, []
    for name in sorted(set(params) - set(known)):
        messages.append(f"{name}={params.pop(name)!r} was left out: the strategy has no such parameter any more")
    for name, value in params.items():
        if f'"{MASK}"' in json.dumps(value, default=str):
            raise InvalidInput(f"{name} was masked when it was recorded. Pass it again: {name}=….")
    return params, messages


def _request(snapshot: Snapshot, params: Mapping[str, Any], overrides: Mapping[str, Any]) -> Request:
    """The stored configuration in the words of a run."""
    use, venue = snapshot.data[0], snapshot.venue
    arguments: dict[str, Any] = {
        "instrument": use.instrument_id,
        "bar": use.bar,
        "start": snapshot.start,
        "end": snapshot.end,
        "risk_free": snapshot.risk_free,
    }
    anew = "fees" in overrides and overrides["fees"] is None
    return Request(
        strategy=snapshot.strategy.path,
        terms=Terms.of(venue, **{name: overrides[name] for name in TERMS if name in overrides}),
        params=params,
        # another instrument has a definition of its own, and fees=None asks for the rates of the catalog's
        definition=None if "instrument" in overrides or anew else snapshot.instruments[use.instrument_id],
        **arguments | {name: overrides[name] for name in ASKED if name in overrides},
    )


def _overridden(overrides: Mapping[str, Any]) -> RunWarning:
    shown = config.masked(dict(overrides))
    changes = ", ".join(f"{name}={value!r}" for name, value in shown.items())
    return RunWarning(code=OVERRIDE, message=f"re-run with {changes}: not the same configuration")
