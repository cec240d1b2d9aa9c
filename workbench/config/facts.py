"""One flat view of a configuration: each setting by its one public name, wherever it is shown.

    for path, value in facts_of(snapshot).items():
        print(setting(path).name, value)

A setting that is an argument of `wb.run` has the argument's name. Parameters keep the names that the strategy gives
them. Details, comparisons, verdicts and charts read this view; what is stored keeps its own shape.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, fields, is_dataclass
from functools import lru_cache
from operator import attrgetter
from types import MappingProxyType
from typing import Any, Literal, NamedTuple

from workbench.config.snapshot import DataUse, Snapshot, StrategyUse, code_digest
from workbench.config.terms import TERMS, VenueUse

type Path = tuple[str, ...]
"""Where a setting stands, from its section in: {"a.b": 1} and {"a": {"b": 1}} are two parameters with one name."""

type Unit = Literal["text", "number", "money", "time", "digest", "value"]
"""How a value is written: ``number`` and ``money`` may be decimal text, ``time`` is ISO text, ``value`` any JSON."""

SECTIONS = ("strategy", "parameters", "market", "data", "terms", "instrument", "engine", "code", "native", "format")
"""In the order in which they are shown."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Setting:
    """What is known of a setting whatever its value. `label` is for people, `name` is what is typed."""

    name: str
    section: str
    unit: Unit = "text"
    label: str = ""


class Fact(NamedTuple):
    """A setting with its value in one run."""

    setting: Setting
    value: Any


class Hidden(NamedTuple):
    """A value that is not shown, and why."""

    value: Any
    reason: str


def _leaves(of: Any, above: Path = ()) -> Iterator[Path]:
    """The fields of a dataclass, and in place of those that are dataclasses themselves, theirs."""
    for each in fields(of):
        inner = each.default_factory
        if is_dataclass(inner):
            yield from _leaves(inner, (*above, each.name))
        else:
            yield (*above, each.name)


_VENUE = tuple(_leaves(VenueUse))
_NAMES = {("name",): "venue", ("fill", "prob_slippage"): "slippage"}
_UNITS: Mapping[str, Unit] = {"capital": "money", "leverage": "number", "fees": "number"}


def _term(path: Path) -> Setting:
    """A part of a venue: a term of `wb.run`, with its label, or what follows from one."""
    name = _NAMES.get(path) or ".".join(path).removeprefix("fill.")
    term = TERMS.get(name.partition(".")[0])
    label = name.replace("_", " ").capitalize() if term is None else term.label
    return Setting(name=name, section="terms", unit=_UNITS.get(path[0], "value"), label=label)


_DECLARED: Mapping[Path, Setting] = {
    ("strategy", "name"): Setting(name="strategy", section="strategy", label="Strategy"),
    ("strategy", "type"): Setting(name="strategy_type", section="strategy", label="Type"),
    ("strategy", "path"): Setting(name="strategy_path", section="strategy", label="Class"),
    ("strategy", "config_path"): Setting(name="strategy_config", section="strategy", label="Configuration class"),
    ("strategy", "code"): Setting(name="strategy_code", section="strategy", unit="digest", label="Code"),
    ("market", "instrument_id"): Setting(name="instrument", section="market", label="Instrument"),
    ("market", "bar"): Setting(name="bar", section="market", label="Bars"),
    ("market", "start"): Setting(name="start", section="market", unit="time", label="Start"),
    ("market", "end"): Setting(name="end", section="market", unit="time", label="End"),
    ("market", "source"): Setting(name="data_source", section="market", label="Source of the data"),
    ("data", "rows"): Setting(name="data.rows", section="data", unit="number", label="Rows"),
    ("data", "first"): Setting(name="data.first", section="data", unit="time", label="First bar"),
    ("data", "last"): Setting(name="data.last", section="data", unit="time", label="Last bar"),
    ("data", "fingerprint"): Setting(name="data.fingerprint", section="data", unit="digest", label="Content"),
    **{("terms", *path): _term(path) for path in (*_VENUE, ("fees", "maker"), ("fees", "taker"))},
    ("terms", "risk_free"): _term(("risk_free",)),
    ("terms", "periods_per_year"): Setting(
        name="usual_periods", section="terms", unit="value", label="Periods per year, as usual"
    ),
    ("format", "version"): Setting(name="format", section="format", unit="value", label="Form of the stored text"),
}

SETTINGS: Mapping[str, Setting] = MappingProxyType({setting.name: setting for setting in _DECLARED.values()})
"""Every setting with a name of its own, by that name. Parameters and the parts of a definition come with the run."""

_RATES = {"maker_fee": ("fees", "maker"), "taker_fee": ("fees", "taker")}
"""The instrument's own rates are part of the fees."""

_UNSHOWN = {
    "id": "it is the instrument's id again",
    "raw_symbol": "it is the symbol of the instrument's id",
    "ts_event": "when a definition was made changes nothing",
    "ts_init": "when a definition was made changes nothing",
}
_NOT_PARTS = frozenset({*_UNSHOWN, *_RATES})
_OPEN: tuple[Any, ...] = (None, {})
_LEFT_OPEN = "the definition leaves it open"
_UNCHARGED = "another fee model is charged than the instrument's rates"
_IMPLIED = "it follows from the strategy"
_NATIVE = "it says the same in NautilusTrader's words; wb.export_config writes them"
_FORMAT = "it is of the stored text, not of the run"


@lru_cache(maxsize=10_000)
def setting(path: Path) -> Setting:
    """Describe what stands at a path of `facts_of` or `hidden_facts`: its public name, section, unit and label."""
    if path in _DECLARED:
        return _DECLARED[path]
    section, name = path[0], ".".join(path[1:])
    if section == "parameters":
        return Setting(name=name, section=section, unit="value", label=name)
    if section == "code":
        return Setting(name=name, section=section, unit="digest", label=name)
    if section in SECTIONS or section.startswith("instrument "):
        unit: Unit = "value" if section == "native" else "number"
        return Setting(name=".".join(path), section=section.partition(" ")[0], unit=unit, label=name)
    # of the second strategy, data or venue: as of the first, behind "venue_2" or the like
    first = setting(path[1:])
    return Setting(
        name=f"{section}.{first.name.removeprefix('data.')}",
        section=first.section,
        unit=first.unit,
        label=f"{first.label} ({section.replace('_', ' ')})",
    )


def facts_of(snapshot: Snapshot) -> dict[Path, Any]:
    """Give every value of a configuration that is shown, as it is stored, by its path.

    Strategy, data and venue are the first ones; others follow under ``strategy_2``, ``data_2``, ``venue_2`` … and
    ``instrument ID``. `strategy_code` sums up the modules of the section ``code``; None where there is none.
    """
    use, data, venue = snapshot.strategies[0], snapshot.data[0], snapshot.venues[0]
    instrument = snapshot.instruments.get(data.instrument_id, {})
    rates: dict[Path, Any] = {("terms", *rate): instrument.get(name) for name, rate in _RATES.items()}
    return {
        **_strategy(use),
        # a digest of nothing would be equal to another one of nothing
        ("strategy", "code"): code_digest(snapshot) if use.code else None,
        **flatten(use.params, "parameters"),
        **_market(data),
        ("market", "start"): snapshot.start,
        ("market", "end"): snapshot.end,
        **_content(data),
        **_venue(venue),
        **(rates if _charges_rates(venue) else {}),
        ("terms", "risk_free"): snapshot.risk_free,
        ("terms", "periods_per_year"): snapshot.periods_per_year,
        **flatten(snapshot.engine, "engine"),
        **_definition(instrument, "instrument"),
        **_others(snapshot),
        **{("code", module): sha for one in snapshot.strategies for module, sha in one.code.items()},
    }


def facts_of_each(snapshots: Sequence[Snapshot]) -> list[dict[Path, Any]]:
    """Give the facts of several configurations; what some of them have in common, as in a search, is read once."""
    found: list[dict[Path, Any]] = []
    common: dict[tuple[int, ...], dict[Path, Any]] = {}
    for snapshot in snapshots:
        # the very same, not equal: 10 equals 10.0
        key = tuple(map(id, _BUT_PARAMS(snapshot)))
        if len(snapshot.strategies) > 1:
            found.append(facts_of(snapshot))
        elif key in common:
            found.append(common[key] | flatten(snapshot.strategy.params, "parameters"))
        else:
            found.append(facts_of(snapshot))
            common[key] = {path: value for path, value in found[-1].items() if path[0] != "parameters"}
    return found


def hidden_facts(snapshot: Snapshot) -> dict[Path, Hidden]:
    """Give every value that `facts_of` leaves out, with the reason."""
    first = snapshot.data[0].instrument_id
    hidden: dict[Path, Hidden] = {("format", "version"): Hidden(snapshot.version, _FORMAT)}
    for number, use in enumerate(snapshot.strategies, start=1):
        hidden[(*_of("strategy", number), "strategy", "config_path")] = Hidden(use.config_path, _IMPLIED)
    for instrument_id, definition in snapshot.instruments.items():
        above = "instrument" if instrument_id == first else f"instrument {instrument_id}"
        for name, value in definition.items():
            if name in _UNSHOWN or (value in _OPEN and name not in _RATES):
                hidden[above, name] = Hidden(value, _UNSHOWN.get(name, _LEFT_OPEN))
    if not _charges_rates(snapshot.venues[0]):
        rates = snapshot.instruments.get(first, {})
        hidden |= {("terms", *rate): Hidden(rates[name], _UNCHARGED) for name, rate in _RATES.items() if name in rates}
    return hidden | {path: Hidden(value, _NATIVE) for path, value in flatten(snapshot.native or {}, "native").items()}


def all_facts(snapshot: Snapshot) -> dict[Path, Any]:
    """Give all values, those of `hidden_facts` as well."""
    return facts_of(snapshot) | {path: value for path, (value, _) in hidden_facts(snapshot).items()}


def in_sections(values: Mapping[Path, Any], sections: Sequence[str] = SECTIONS) -> Iterator[Fact]:
    """Give the facts of these sections, section by section, parameters in the order of their names."""
    known: dict[str, list[Path]] = {}
    for path in values:
        known.setdefault(setting(path).section, []).append(path)
    known["parameters"] = sorted(known.get("parameters", []))
    for section in sections:
        for path in known.get(section, ()):
            yield Fact(setting(path), values[path])


def flatten(values: Mapping[str, Any], *above: str) -> dict[Path, Any]:
    """Give the values of nested mappings by their paths below `above`. An empty mapping is a value."""
    facts: dict[Path, Any] = {}
    for name, value in values.items():
        if isinstance(value, dict) and value:
            facts |= flatten(value, *above, str(name))
        else:
            facts[*above, str(name)] = value
    return facts


def named_params(params: Mapping[str, Any]) -> dict[str, Any]:
    """Give parameters by the names they are shown with: ``{"inner": {"level": 2}}`` is ``{"inner.level": 2}``."""
    return {".".join(path): value for path, value in flatten(params).items()}


def _of(kind: str, number: int) -> Path:
    """What stands before the path of a strategy, data or venue behind the first."""
    return (f"{kind}_{number}",) if number > 1 else ()


_BUT_PARAMS = attrgetter(
    *(each.name for each in fields(Snapshot) if each.name != "strategies"),
    *(f"strategy.{each.name}" for each in fields(StrategyUse) if each.name != "params"),
)


def _strategy(use: StrategyUse) -> dict[Path, Any]:
    return {("strategy", "name"): use.name, ("strategy", "type"): use.type, ("strategy", "path"): use.path}


def _market(use: DataUse) -> dict[Path, Any]:
    return {
        ("market", "instrument_id"): use.instrument_id,
        ("market", "bar"): use.bar,
        ("market", "source"): use.source,
    }


def _content(use: DataUse) -> dict[Path, Any]:
    return {
        ("data", "rows"): use.rows,
        ("data", "first"): use.first,
        ("data", "last"): use.last,
        ("data", "fingerprint"): use.fingerprint,
    }


_VENUE_PATHS = tuple(("terms", *path) for path in _VENUE)
_VENUE_VALUES = attrgetter(*(".".join(path) for path in _VENUE))


def _venue(venue: VenueUse) -> dict[Path, Any]:
    return dict(zip(_VENUE_PATHS, _VENUE_VALUES(venue), strict=True))


def _charges_rates(venue: VenueUse) -> bool:
    return venue.fees.model == "instrument"


def _definition(definition: Mapping[str, Any], above: str) -> dict[Path, Any]:
    known = {name: value for name, value in definition.items() if value not in _OPEN and name not in _NOT_PARTS}
    return flatten(known, above)


def _others(snapshot: Snapshot) -> dict[Path, Any]:
    """What stands behind the first: the other side of the market, a second venue, strategy or instrument."""
    facts: dict[Path, Any] = {}
    for number, use in enumerate(snapshot.strategies[1:], start=2):
        of_use = _strategy(use) | flatten(use.params, "parameters")
        facts |= {(*_of("strategy", number), *path): value for path, value in of_use.items()}
    for number, data in enumerate(snapshot.data[1:], start=2):
        of_data = _market(data) | _content(data)
        facts |= {(*_of("data", number), *path): value for path, value in of_data.items()}
    for number, venue in enumerate(snapshot.venues[1:], start=2):
        facts |= {(*_of("venue", number), *path): value for path, value in _venue(venue).items()}
    for instrument_id, definition in snapshot.instruments.items():
        if instrument_id != snapshot.data[0].instrument_id:
            facts |= _definition(definition, f"instrument {instrument_id}")
            rates = {rate: definition[name] for name, rate in _RATES.items() if name in definition}
            facts |= {(f"instrument {instrument_id}", *rate): value for rate, value in rates.items()}
    return facts
