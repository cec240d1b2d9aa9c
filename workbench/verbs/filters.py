"""What is asked of the record, in the words of the verbs → one checked question."""

from __future__ import annotations

import inspect
from typing import Any

from workbench import config
from workbench.checks import word
from workbench.errors import InvalidInput, MetricNotFound, UnknownFilter
from workbench.metrics import MetricSpec, registered
from workbench.storage import Query, query
from workbench.strategies import builtin_key, find, strategy_key

FILTERS = tuple(inspect.signature(query).parameters)


def question(**filters: Any) -> Query:
    """The filters and the order of `wb.history` as one value.

    Raises:
        UnknownFilter: a name it has not; the nearest one is named.
        InvalidInput: a value that cannot be asked for.
    """
    for name in filters:
        if name not in FILTERS:
            raise UnknownFilter(name, FILTERS)
    if filters.get("strategy") is not None:
        filters["strategy"] = _strategy(filters["strategy"])
    for name in ("since", "until"):
        if filters.get(name) is not None:
            filters[name] = config.moment(name, filters[name], closing=name == "until")
    return query(**filters)


def ranked_metric(name: str) -> MetricSpec:
    """A standard metric of which more or less is better.

    Raises:
        MetricNotFound: there is none of this name.
    """
    ranked = {spec.name: spec for spec in registered().values() if spec.standard and spec.higher_is_better is not None}
    if word("metric", name) not in ranked:
        raise MetricNotFound(name, ranked)
    return ranked[name]


def _strategy(strategy: str | type) -> str:
    """A path with a colon, or a key."""
    if isinstance(strategy, type):
        strategy = find(strategy).path
    if not isinstance(strategy, str):
        raise InvalidInput(f"strategy={strategy!r} is neither a name nor a class. wb.strategies() lists the names.")
    if ":" not in strategy:
        return strategy_key(strategy)
    # the built-in ones lie elsewhere than they once did
    return builtin_key(strategy) or strategy
