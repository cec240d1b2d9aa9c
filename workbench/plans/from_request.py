"""What was asked for → what will run, checked: what can be refused is refused here, before a row is written."""

from __future__ import annotations

from collections.abc import Hashable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, fields, replace
from datetime import datetime
from pathlib import Path
from typing import Any
from uuid import UUID, uuid4

from workbench import config, provenance
from workbench.catalog import (
    Catalog,
    Dataset,
    build_instrument,
    data_use,
    instrument_values,
    periods_per_year,
    settlement_currency,
)
from workbench.config import DataUse, Labels, Moment, Snapshot, StrategyUse, Terms
from workbench.engine import Spec, engine_version
from workbench.errors import Argument, BarNotFound, Call, InvalidInput, PricesNotTradable
from workbench.provenance import SourceFile
from workbench.runs import RunWarning
from workbench.strategies import StrategyInfo, find, flat_params, forget, load, plain_params, remember, resolve_params

type Months = Sequence[tuple[str, int, str]]

OPPOSITE = {"BID": "ASK", "ASK": "BID"}


@dataclass(frozen=True, slots=True, kw_only=True)
class Request:
    """The arguments of a run, as they were typed; `definition` is that of the instrument if not the catalog's."""

    strategy: str | type
    instrument: str
    bar: str | None
    start: Moment | None
    end: Moment | None
    terms: Terms
    params: Mapping[str, Any]
    risk_free: float
    definition: Mapping[str, Any] | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Code:
    """A strategy ready to be made, and the source it comes from."""

    info: StrategyInfo
    strategy_class: type
    config_class: type | None
    sources: tuple[SourceFile, ...]


ARGUMENTS = [field.name for field in (*fields(Request), *fields(Terms), *fields(Labels))]
"""What a trader may have meant by a parameter that does not exist."""

OWN = ("params", "definition")
"""Fields of a `Request` that are its own: what rests on the others alone is the same for all that share them."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Ground:
    """What requests share that differ in their parameters alone; the strategy in `snapshot` has no parameters yet."""

    code: Code
    dataset: Dataset
    snapshot: Snapshot
    months: Mapping[str, Months]
    folder: Path | None


def merged_params(params: Mapping[str, Any] | None, more: Mapping[str, Any]) -> dict[str, Any]:
    """Parameters given by keyword and in a mapping as one.

    Raises:
        InvalidInput: no mapping, or a name in both.
    """
    if params is not None and not isinstance(params, Mapping):
        raise InvalidInput(f"params={params!r} is not a mapping. Type params={{'fast_period': 10}}.")
    twice = sorted(set(params or ()) & set(more))
    if twice:
        raise InvalidInput(f"{twice[0]} is given twice: as an argument and in params.")
    return {**(params or {}), **more}


def refuse_beside(strategy: object, arguments: Mapping[str, Any]) -> None:
    """Refuse arguments beside a NautilusTrader configuration, and anything that is none.

    Raises:
        InvalidInput: with the first wrong one.
    """
    if isinstance(strategy, list) and not strategy:
        raise InvalidInput("the list of configurations is empty: there is nothing to run.")
    for run_config in strategy if isinstance(strategy, list) else [strategy]:
        if not config.is_run_config(run_config):
            raise InvalidInput(
                f"strategy={run_config!r} of type {type(run_config).__name__} cannot be run. Type a name of ",
                Call("strategies"),
                ", 'package.module:Class', a Strategy class, or a NautilusTrader BacktestRunConfig.",
            )
    for name, value in arguments.items():
        if value is not None:
            raise InvalidInput(
                Argument(name, repr(value)),
                " does not go with a BacktestRunConfig, which says it itself. Change the configuration, or leave "
                f"{name} out.",
            )


def code_of(strategy: str | type) -> Code:
    """The code of today that a strategy's name, path or class stands for.

    A strategy that is named is imported anew if a file of it has changed since; a class is run as it is.

    Raises:
        InvalidInput: there is none, or it cannot be imported.
    """
    info = find(strategy)
    strategy_class, config_class = load(info)
    sources = _sources(strategy_class, config_class)
    outdated = [] if isinstance(strategy, type) else provenance.outdated(sources)
    if outdated:
        forget(outdated)
        strategy_class, config_class = load(info)
        sources = _sources(strategy_class, config_class)
    return Code(info=info, strategy_class=strategy_class, config_class=config_class, sources=sources)


def _sources(strategy_class: type, config_class: type | None) -> tuple[SourceFile, ...]:
    return provenance.sources(strategy_class, *([config_class] if config_class is not None else []))


def resolve(
    request: Request,
    catalog: Catalog,
    code: Code | None = None,
    *,
    rerun_of: UUID | None = None,
    notes: tuple[RunWarning, ...] = (),
) -> Spec:
    """Resolve and check a request, without loading its data; `code` is used in place of today's where given.

    Raises:
        InvalidInput: in one of its kinds, for the first thing that is wrong.
    """
    return _spec(request, _ground(request, catalog, code or code_of(request.strategy)), rerun_of, notes)


def resolve_all(requests: Iterable[Request], catalog: Catalog) -> Iterator[Spec]:
    """Resolve many requests: what several of them share is looked up once, as it is when the first of them comes.

    Chance without a seed has one seed for all requests that differ in nothing but their parameters.

    Raises:
        InvalidInput: as `resolve`, when the wrong request is reached.
    """
    grounds: dict[Hashable, Ground] = {}
    for request in requests:
        if request.definition is not None:
            yield resolve(request, catalog)
            continue
        key = tuple(getattr(request, field.name) for field in fields(Request) if field.name not in OWN)
        if key not in grounds:
            grounds[key] = _ground(request, catalog, code_of(request.strategy))
        yield _spec(request, grounds[key])


def _ground(request: Request, catalog: Catalog, code: Code) -> Ground:
    dataset = catalog.find(request.instrument, request.bar)
    datasets = _both_sides(dataset, catalog)
    stored = request.definition
    instrument = catalog.instrument(dataset.instrument_id) if stored is None else build_instrument(stored)
    definition = instrument_values(instrument, fee_rate=request.terms.fee_rate())
    venue = request.terms.venue(str(instrument.venue), settlement_currency(instrument))
    start, end = config.period(
        request.start,
        request.end,
        first_ns=max(side.first_ns for side in datasets),
        last_ns=min(side.last_ns for side in datasets),
        of=dataset.bar_type,
    )
    # parameters are refused before the data are looked at
    _chosen(request, code, dataset)
    used = tuple(_data_use(catalog, dataset, start, end) for dataset in datasets)
    snapshot = Snapshot(
        strategies=(_strategy_use(code),),
        instruments={dataset.instrument_id: definition},
        data=tuple(use for use, _ in used),
        venues=(venue,),
        start=start.isoformat(),
        end=end.isoformat(),
        periods_per_year=periods_per_year(instrument),
        risk_free=rate(request.risk_free),
        engine=engine_version(),
    )
    return Ground(
        code=code,
        dataset=dataset,
        snapshot=snapshot,
        months={use.fingerprint: months for use, months in used},
        folder=provenance.project_folder(code.strategy_class),
    )


def _spec(request: Request, ground: Ground, rerun_of: UUID | None = None, notes: tuple[RunWarning, ...] = ()) -> Spec:
    code, dataset, shared = ground.code, ground.dataset, ground.snapshot
    chosen = _chosen(request, code, dataset)
    params = flat_params(chosen, instrument_id=dataset.instrument_id, bar_type=dataset.bar_type)
    snapshot = replace(shared, strategies=(replace(shared.strategy, params=config.masked(params)),))
    return Spec(
        info=code.info,
        snapshot=snapshot,
        fingerprint=config.fingerprint(snapshot),
        sources=code.sources,
        months=ground.months,
        params=plain_params(request.params),
        hidden=config.hidden(params),
        folder=ground.folder,
        rerun_of=rerun_of,
        notes=notes,
    )


def _chosen(request: Request, code: Code, dataset: Dataset) -> Any:
    return resolve_params(
        code.config_class,
        request.params,
        instrument_id=dataset.instrument_id,
        bar_type=dataset.bar_type,
        arguments=ARGUMENTS,
    )


def _strategy_use(code: Code) -> StrategyUse:
    info = code.info
    use = StrategyUse(
        path=info.path,
        config_path=info.config_path,
        name=info.name,
        type=info.type,
        params={},
        code=digests(info.path.partition(":")[0], code.sources),
    )
    remember(use.path, use.config_path, use.code, (code.strategy_class, code.config_class))
    return use


def digests(module: str, sources: Sequence[SourceFile]) -> dict[str, str]:
    """Module → digest. Code that cannot be read never equals another: nobody could tell."""
    return {module: f"unknown {uuid4()}"} | {file.module: file.sha256 for file in sources}


def _both_sides(dataset: Dataset, catalog: Catalog) -> tuple[Dataset, ...]:
    """The bars to feed: those asked for, and the other side of the market where they show just one.

    Raises:
        PricesNotTradable: NautilusTrader would reject every order of the missing side and return normally.
    """
    price = dataset.bar.split("-")[2]
    if price == "LAST":
        return (dataset,)
    if price in OPPOSITE:
        other = dataset.bar.replace(f"-{price}-", f"-{OPPOSITE[price]}-")
        try:
            return (dataset, catalog.find(dataset.instrument_id, other))
        except BarNotFound:
            pass
    raise PricesNotTradable(
        f"{dataset.bar_type} has {price} prices only, and NautilusTrader fills no order without the other side. "
        f"Import the bars of the other side as well, or import these as {dataset.bar.replace(price, 'LAST')!r}."
    )


def _data_use(catalog: Catalog, dataset: Dataset, start: datetime, end: datetime) -> tuple[DataUse, Months]:
    content = catalog.content(dataset, config.nanoseconds(start), config.nanoseconds(end) + config.PERIOD_END_NS)
    return data_use(dataset, content), content.months


def rate(risk_free: float) -> float:
    """A rate per year, checked.

    Raises:
        InvalidInput: not a number, or above 1.
    """
    try:
        rate = float(risk_free)
    except (TypeError, ValueError, OverflowError) as error:
        example = Argument("risk_free", "0.02")
        raise InvalidInput(
            Argument("risk_free", repr(risk_free)), " is not a number. Type ", example, " for 2 % a year."
        ) from error
    if not -1 < rate < 1:
        raise InvalidInput(Argument("risk_free", repr(risk_free)), " is a rate per year: type 0.02 for 2 %.")
    return rate
