"""The filters of lists, declared once: for the verbs, the options of the command line and the controls of panels.

A new filter is one line of `Filters` and one entry in `storage.queries.conditions`.
"""

from __future__ import annotations

import inspect
import re
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from functools import cache
from typing import Annotated, Any, TypedDict, get_type_hints
from uuid import UUID

from workbench import config
from workbench.checks import flag, word
from workbench.config import Moment, refuse_unstorable
from workbench.errors import Argument, Call, InvalidInput, MetricNotFound, UnknownFilter
from workbench.metrics import registered, standard
from workbench.runs import Status
from workbench.strategies import builtin_key, find, strategy_key

type Checked = Mapping[str, Any]
"""Checked values by the names of the conditions of the database, or of the fields of its `Query`."""

ORDERS = ("started_at", *(spec.name for spec in standard() if spec.by_strategy))
SHAPE = ("order_by", "ascending", "limit")
"""What can be asked of a list beside its filters."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Filter:
    """How one filter reads a value, and how it is said elsewhere.

    `option` is the command line's, from the filter's name if empty; `help` is said there, and in the documentation of
    the verbs unless `python` says it for them. `label` is that of its control in a panel, which has none without.
    """

    read: Callable[[str, Any], Checked]
    help: str
    python: str = ""
    option: str = ""
    metavar: str | None = None
    label: str = ""


def _text(name: str, value: Any) -> Checked:
    return {name: _storable(name, value)}


def _storable(name: str, value: Any) -> str:
    text = word(name, value)
    refuse_unstorable(name, text)
    return text


def _strategy(name: str, value: Any) -> Checked:
    """A class, a path with a colon, a name or a key."""
    if isinstance(value, type):
        value = find(value).path
    if not isinstance(value, str):
        raise InvalidInput(
            f"strategy={value!r} is neither a name nor a class. ", Call("strategies"), " lists the names."
        )
    _storable(name, value)
    if ":" not in value:
        return {"strategy_key": strategy_key(value)}
    # the built-in ones lie elsewhere than they once did
    key = builtin_key(value)
    return {"strategy_path": value} if key is None else {"strategy_key": key}


def _instrument(name: str, value: Any) -> Checked:
    text = _storable(name, value)
    if "." in text:
        return {"instrument": text}
    escaped = text.replace("\\", "\\\\").replace("%", "\\%").replace("_", "\\_")
    return {"symbol": f"{escaped}.%"}


def _status(name: str, value: Any) -> Checked:
    if _storable(name, value) not in set(Status):
        raise InvalidInput(f"status={value!r} is not one of {', '.join(repr(status.value) for status in Status)}.")
    return {"status": Status(value)}


def _moment(name: str, value: Any) -> Checked:
    return {name: config.moment(name, value, closing=name == "until")}


def _params(_name: str, value: Any) -> Checked:
    from workbench.storage.queries.param_filters import param_filters

    return {"params": param_filters(value)}


def _tags(name: str, value: Any) -> Checked:
    return {name: list(config.check_tags(name, value))}


def _group(name: str, value: Any) -> Checked:
    try:
        return {name: value if isinstance(value, UUID) else UUID(word(name, value))}
    except ValueError:
        raise InvalidInput(
            f"group={value!r} is not the id of a group of runs, which has 32 hexadecimal digits."
        ) from None


def _reconciled(name: str, value: Any) -> Checked:
    words = {"yes": True, "no": False, "any": None}
    if not isinstance(value, bool) and word(name, value) not in words:
        raise InvalidInput(f"{name}={value!r} is not one of 'yes', 'no' and 'any'.")
    chosen = value if isinstance(value, bool) else words[value]
    return {} if chosen is None else {name: chosen}


STRATEGY = Filter(
    read=_strategy,
    help="Only of this strategy: a name, a key, or module:Class.",
    python="Only of this strategy: a name, a key, ``module:Class``, or the class.",
    label="Strategy",
)


class Filters(TypedDict, total=False):
    """Which runs. Every filter narrows; one that is left out, or None, means any."""

    strategy_type: Annotated[
        str | None, Filter(read=_text, help="Only of this type, such as momentum.", option="--type")
    ]
    instrument: Annotated[
        str | None, Filter(read=_instrument, help="Only on this instrument: an id, or its symbol.", label="Instrument")
    ]
    status: Annotated[
        str | None,
        Filter(read=_status, help="Only with this status: running, completed, failed or interrupted.", label="Status"),
    ]
    since: Annotated[
        Moment | None, Filter(read=_moment, help="Executed on or after this day or moment (UTC), included.")
    ]
    until: Annotated[Moment | None, Filter(read=_moment, help="Executed on or before it; a day means the whole day.")]
    params: Annotated[
        Mapping[str, object] | None,
        Filter(
            read=_params,
            help="fast_period=10, =5,10 one of them, =5..15 or =5.. a range; NAME alone: has it; NAME=: has it not.",
            python="Wanted values by parameter: 10 is equal, [5, 10] one of, (5, 15) or (5, None) a range.",
            option="--param",
            metavar="NAME=WANTED",
            label="Parameters",
        ),
    ]
    name: Annotated[str | None, Filter(read=_text, help="Only runs of this name.", label="Name")]
    tag: Annotated[
        str | Sequence[str] | None,
        Filter(read=_tags, help="Only runs with this tag, or with all of several.", label="Tag"),
    ]
    group: Annotated[UUID | str | None, Filter(read=_group, help="Only of this group of runs, by its id.")]
    reconciled: Annotated[
        str | bool | None,
        Filter(
            read=_reconciled,
            help="yes: without runs that do not agree with the engine's accounts; no: only those; any.",
        ),
    ]


@cache
def declared() -> Mapping[str, Filter]:
    """Every filter by its name, `strategy` first."""
    hints = get_type_hints(Filters, include_extras=True)
    return {"strategy": STRATEGY} | {name: hint.__metadata__[0] for name, hint in hints.items()}


def with_filters[**P, R](verb: Callable[P, R]) -> Callable[P, R]:
    """Show the filters in a verb's signature, in place of ``**filters``, and documentation, of a line ``{filters}``."""
    signature = inspect.signature(verb)
    own = [parameter for parameter in signature.parameters.values() if parameter.kind is not parameter.VAR_KEYWORD]
    hints = get_type_hints(Filters)
    named = [
        inspect.Parameter(name, inspect.Parameter.KEYWORD_ONLY, default=None, annotation=hints[name]) for name in hints
    ]
    texts = {name: about.python or about.help for name, about in declared().items()}
    lines = [f"{name}: {text[0].lower()}{text[1:]}" for name, text in texts.items()]
    # Python 3.13 takes the indentation off a docstring, 3.12 leaves it
    verb.__doc__ = re.sub(
        r"^( *)\{filters\}$", lambda line: "\n".join(line[1] + text for text in lines), verb.__doc__ or "", flags=re.M
    )
    verb.__signature__ = signature.replace(parameters=[*own, *named])  # type: ignore[attr-defined]
    return verb


def checked(arguments: Mapping[str, Any]) -> dict[str, Any]:
    """The fields of a `Query`, and `filters` among them.

    Raises:
        UnknownFilter: no filter has this name; the nearest one is named.
        InvalidInput: a value that cannot be asked for, or an order or a limit where a list has its own.
    """
    filters: dict[str, Any] = {}
    for name, value in arguments.items():
        if name in SHAPE:
            raise InvalidInput(
                Argument(name, repr(value)), " does not go with this list. ", Call("history"), " takes it."
            )
        if name not in declared():
            raise UnknownFilter(name, [*declared(), *SHAPE])
        if value is not None:
            filters |= declared()[name].read(name, value)
    since, until = filters.get("since"), filters.get("until")
    if since is not None and until is not None and until < since:
        raise InvalidInput(Argument("until", f"{until}"), " is before ", Argument("since", f"{since}"), ". Swap them.")
    beside: dict[str, Any] = {name: filters.pop(name) for name in ("status", "params") if name in filters}
    return {"filters": filters, **beside}


def check_shape(order_by: Any, ascending: Any, limit: Any, most: int, own: Callable[[], Iterable[str]]) -> None:
    """Refuse an order or a number of rows that no list has; `own` gives the names of the user's own metrics.

    Raises:
        InvalidInput: one of them.
    """
    known = word("order_by", order_by) in ORDERS or (order_by in registered() and not registered()[order_by].standard)
    if not known and order_by not in own():
        known_orders = f" is not one of {', '.join(map(repr, ORDERS))}, nor a metric of your own."
        ranked = order_by in registered() and registered()[order_by].ranked
        hint = (" ", Call("best", (order_by,)), " ranks by it.") if ranked else ()
        raise InvalidInput(Argument("order_by", repr(order_by)), known_orders, *hint)
    flag("ascending", ascending)
    if isinstance(limit, bool) or not isinstance(limit, int) or not 1 <= limit <= most:
        why = f" must be a whole number from 1 to {most}. Narrow the question by filters."
        raise InvalidInput(Argument("limit", repr(limit)), why)


def ranked_metric(name: str, saved: Callable[[], Mapping[str, Mapping[str, Any]]]) -> tuple[str, bool]:
    """A metric by which runs have an order, and whether more of it is better; one of the user's own too.

    Args:
        saved: gives what runs say of the user's own metrics that they have.

    Raises:
        MetricNotFound: there is none of this name.
    """
    ranked = {spec.name: bool(spec.higher_is_better) for spec in registered().values() if spec.ranked}
    if word("metric", name) not in ranked:
        declared = {own: about["higher_is_better"] for own, about in saved().items()}
        ranked = {own: better for own, better in declared.items() if better is not None} | ranked
        if name not in ranked:
            raise MetricNotFound(name, ranked, unranked=name in registered() or name in declared)
    return name, ranked[name]
