"""The engine's own configuration (NautilusTrader's `BacktestRunConfig`) → what will run, checked."""

from __future__ import annotations

from collections.abc import Iterable
from uuid import UUID

from workbench import config, provenance
from workbench.catalog import Catalog
from workbench.config import RunConfig, Snapshot, StrategyUse
from workbench.engine import Component, Setup, Spec, engine_version, native
from workbench.errors import WorkbenchError
from workbench.plans.from_request import digests, rate
from workbench.provenance import SourceFile
from workbench.strategies import StrategyInfo, find, strategy_key

type Used = tuple[StrategyUse, tuple[SourceFile, ...]]
"""What the record keeps of one component of an engine, and its source."""


def prepare_config(
    run_config: RunConfig, catalog: Catalog, *, risk_free: float = 0.0, rerun_of: UUID | None = None
) -> Spec:
    """Resolve and check a NautilusTrader configuration.

    Raises:
        InvalidInput: in one of its kinds, for the first thing that is wrong.
    """
    setup = native().read_config(run_config, catalog)
    used = [use_of(component) for component in setup.components]
    snapshot = snapshot_of(setup, used, engine_version(), risk_free)
    spec = Spec(
        info=info_of(snapshot.strategy),
        snapshot=snapshot,
        fingerprint=config.fingerprint(snapshot),
        sources=once(file for _, files in used for file in files),
        months=setup.months,
        native=setup.native,
        folder=provenance.project_folder(setup.components[0].cls),
        hidden=config.hidden(setup.native),
        rerun_of=rerun_of,
    )
    native().keep(spec, setup)
    return spec


def snapshot_of(setup: Setup, used: Iterable[Used], engine: dict[str, str], risk_free: float) -> Snapshot:
    """The configuration as the record keeps it, secrets masked."""
    return Snapshot(
        strategies=tuple(use for use, _ in used),
        instruments=setup.instruments,
        data=setup.data,
        venues=setup.venues,
        start=config.iso(setup.start),
        end=config.iso(setup.end),
        periods_per_year=setup.periods_per_year,
        risk_free=rate(risk_free),
        engine=engine,
        native=None if setup.native is None else config.masked(setup.native),
    )


def use_of(component: Component) -> Used:
    """What the record keeps of one component of an engine, and its source."""
    cls, config_class = component.cls, component.config_class
    name, type_ = cls.__name__, component.kind
    if component.kind == "strategy":
        try:
            info = find(cls)
            name, type_ = info.name, info.type
        except WorkbenchError:
            # NautilusTrader runs classes that wb.run would refuse, such as one defined inside a function
            type_ = "custom"
    files = provenance.sources(cls, *([config_class] if config_class is not None else []))
    use = StrategyUse(
        path=_path(cls),
        config_path=None if config_class is None else _path(config_class),
        name=name,
        type=type_,
        params=config.masked(component.params),
        code=digests(cls.__module__, files),
    )
    return use, files


def info_of(use: StrategyUse) -> StrategyInfo:
    """The strategy that a record is filed under."""
    return StrategyInfo(
        key=strategy_key(use.name),
        name=use.name,
        type=use.type,
        path=use.path,
        config_path=use.config_path,
        help="",
        registered=False,
    )


def once(files: Iterable[SourceFile]) -> tuple[SourceFile, ...]:
    """Each module once, sorted by its name."""
    by_module = {file.module: file for file in files}
    return tuple(by_module[name] for name in sorted(by_module))


def _path(cls: type) -> str:
    return f"{cls.__module__}:{cls.__qualname__}"
