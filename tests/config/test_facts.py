"""One flat view of a configuration: every value once, by the name that is typed for it."""

from __future__ import annotations

import inspect
from collections import Counter
from collections.abc import Iterator, Mapping
from dataclasses import asdict, replace
from itertools import count
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

import workbench
from workbench.config import (
    SETTINGS,
    TERMS,
    DataUse,
    Fees,
    Path,
    Snapshot,
    StrategyUse,
    VenueUse,
    facts_of,
    facts_of_each,
    setting,
)
from workbench.config.facts import SECTIONS, hidden_facts, in_sections, named_params
from workbench.verbs.filters import declared

NAMES = st.text("abcxyz_. 2", min_size=1, max_size=6)
OPEN: st.SearchStrategy[dict[str, Any] | None] = st.sampled_from([None, {}])
NESTED = st.recursive(st.none(), lambda inner: st.dictionaries(NAMES, inner, max_size=3), max_leaves=6)


def filled(value: Any, numbers: Iterator[int]) -> Any:
    """The same shape with a text of its own in place of each value, so that none is taken for another."""
    if isinstance(value, dict):
        return {name: filled(inner, numbers) for name, inner in value.items()}
    return f"value {next(numbers)}"


@st.composite
def snapshots(draw: st.DrawFn) -> Snapshot:
    """Configurations of up to three strategies, data, venues and instruments, every value in them another one."""
    numbers = count()
    params = st.dictionaries(NAMES, NESTED, max_size=4)
    use = StrategyUse(path="", config_path="", name="", type="", params={}, code={})
    data = DataUse(instrument_id="", bar="", source="", rows=0, first="", last="", fingerprint="")
    venue = VenueUse(name="", oms="", account="", currency="", capital="")
    instruments = draw(st.lists(st.sampled_from(["A.B", "C.D", "E F.G"]), min_size=1, unique=True))
    definition = st.fixed_dictionaries(
        {"id": st.none(), "maker_fee": st.none()},
        optional={"taker_fee": st.none(), "ts_init": st.none(), "lot_size": st.none(), "info": params},
    )

    def some(of: Any) -> list[Any]:
        return [filled(asdict(of), numbers) for _ in range(draw(st.integers(1, 3)))]

    uses = [
        StrategyUse(**values | {"params": filled(draw(params), numbers), "code": {f"m{n}": f"code {n}"}})
        for n, values in enumerate(some(use))
    ]
    venues = [
        VenueUse(
            **values
            | {
                "fees": Fees(model=draw(st.sampled_from(["instrument", "fixed"])), amount=f"fee {n}"),
                "fill": replace(venue.fill, **values["fill"]),
            }
        )
        for n, values in enumerate(some(venue))
    ]
    first, *others = (DataUse(**values) for values in some(data))
    native = draw(st.none() | params.filter(bool))
    return Snapshot(
        strategies=tuple(uses),
        instruments={
            name: filled(draw(definition), numbers) | {"isin": draw(OPEN), "tick_scheme": draw(OPEN)}
            for name in instruments
        },
        data=(replace(first, instrument_id=instruments[0]), *others),
        venues=tuple(venues),
        start="the start",
        end="the end",
        periods_per_year=252,
        risk_free=0.02,
        engine={"name": "engine", "version": "its version"},
        native=None if native is None else filled(native, numbers),
    )


def leaves(values: Any) -> Iterator[str]:
    """Every value of nested mappings, and of the lists of the snapshot itself, as text."""
    if isinstance(values, Mapping) and values:
        for inner in values.values():
            yield from leaves(inner)
    elif isinstance(values, list | tuple):
        for inner in values:
            yield from leaves(inner)
    else:
        yield repr(values)


@given(snapshots())
def test_every_value_of_a_configuration_is_a_fact_once_or_is_hidden_for_a_reason(snapshot: Snapshot) -> None:
    shown, unshown = facts_of(snapshot), hidden_facts(snapshot)
    assert not shown.keys() & unshown.keys()
    assert all(reason for _, reason in unshown.values())
    # the digest of all modules is made of values, and is none itself; a rate may be absent where rates are charged
    made = {("strategy", "code")} | {path for path, value in shown.items() if path[1:2] == ("fees",) and value is None}
    values = [value for path, value in shown.items() if path not in made]
    whole = snapshot.to_dict()
    told = Counter(map(repr, [*values, *(value for value, _ in unshown.values())]))
    assert told == Counter(text for name in whole for text in leaves(_without_empty(name, whole[name])))


def _without_empty(name: str, value: Any) -> Any:
    """Strategies without parameters have no value there."""
    if name == "strategies":
        return [{field: inner for field, inner in use.items() if inner != {}} for use in value]
    return value


PARAMS = st.lists(
    st.dictionaries(NAMES, st.sampled_from([10, 10.0, True, 1, "1", {"a": 2}, {}]), max_size=3), max_size=4
)


@given(snapshots(), PARAMS, st.sampled_from([252, 252.0]))
def test_facts_of_several_are_those_of_each(snapshot: Snapshot, params: list[dict[str, Any]], periods: int) -> None:
    first, *others = snapshot.strategies
    searched = [replace(snapshot, strategies=(replace(first, params=each), *others)) for each in params]
    changed = [replace(each, periods_per_year=periods, data=snapshot.data[:1]) for each in searched]
    second = [
        replace(snapshot, strategies=(first, *(replace(other, params=each) for other in others))) for each in params
    ]
    every = [*searched, snapshot, *changed, *second, *searched]
    assert [same_facts(facts) for facts in facts_of_each(every)] == [same_facts(facts_of(each)) for each in every]


def same_facts(facts: Mapping[Path, Any]) -> list[tuple[Path, str]]:
    """Values with their types: 10 is not 10.0."""
    return sorted((path, repr(value)) for path, value in facts.items())


@given(snapshots())
def test_two_settings_of_a_run_never_share_a_name(snapshot: Snapshot) -> None:
    paths = [*facts_of(snapshot), *hidden_facts(snapshot)]
    # a parameter has the name that the strategy gives it, whatever else is called so
    own = ("parameters", "native", "code", "instrument")
    names = Counter(setting(path).name for path in paths if setting(path).section not in own)
    assert [name for name, times in names.items() if times > 1] == []
    assert {setting(path).section for path in paths} <= set(SECTIONS)


@given(snapshots())
def test_in_sections_leaves_no_fact_out(snapshot: Snapshot) -> None:
    facts = facts_of(snapshot)
    listed = list(in_sections(facts))
    assert Counter(fact.setting.name for fact in listed) == Counter(setting(path).name for path in facts)
    sections = [fact.setting.section for fact in listed]
    assert sections == sorted(sections, key=SECTIONS.index)


@pytest.mark.parametrize("argument", ["strategy", "instrument", "bar", "start", "end", *TERMS])
def test_what_is_typed_for_a_run_is_the_name_of_what_is_shown(argument: str) -> None:
    assert argument in inspect.signature(workbench.run).parameters
    assert argument in {name.partition(".")[0] for name in SETTINGS}


@pytest.mark.parametrize("name", ["strategy", "strategy_type", "instrument"])
def test_a_filter_by_a_setting_has_the_settings_name(name: str) -> None:
    assert name in declared()
    assert name in SETTINGS


def test_a_term_has_the_label_of_its_argument() -> None:
    assert {name: SETTINGS[name].label for name in TERMS if name != "fees"} == {
        name: term.label for name, term in TERMS.items() if name != "fees"
    }
    assert SETTINGS["fees.amount"].label == TERMS["fees"].label


def test_what_comes_second_has_its_number_before_its_name() -> None:
    assert setting(("venue_2", "terms", "leverage")).name == "venue_2.leverage"
    assert setting(("venue_2", "terms", "fill", "seed")).name == "venue_2.seed"
    assert setting(("data_3", "data", "rows")).name == "data_3.rows"
    assert setting(("strategy_2", "parameters", "fast")).name == "strategy_2.fast"
    assert setting(("instrument C.D", "fees", "maker")).name == "instrument C.D.fees.maker"


def test_parameters_inside_parameters_have_dotted_names() -> None:
    nested = {"fast": 5, "inner": {"level": 2, "deep": {"x": None}}, "empty": {}}
    assert named_params(nested) == {"fast": 5, "inner.level": 2, "inner.deep.x": None, "empty": {}}
