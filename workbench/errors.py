"""Every public error, in one tree.

WorkbenchError
├── InvalidInput (ValueError)           an argument is wrong; the message says which and what to type
│   ├── UnknownName (LookupError)       an unknown name, with the nearest known one
│   │   ├── StrategyNotFound
│   │   ├── InstrumentNotFound
│   │   ├── BarNotFound
│   │   ├── UnknownParameter
│   │   ├── UnknownArgument
│   │   ├── UnknownFilter
│   │   └── MetricNotFound
│   ├── InvalidParameter                a strategy parameter out of its range
│   ├── InvalidPeriod                   a date that is not one, or a range outside the data
│   ├── CurrencyMismatch                capital in another currency than the instrument settles in
│   ├── PricesNotTradable               bars that cannot fill both a buy and a sell
│   └── InvalidMarketData               a file with bad rows; nothing was written
├── RunNotFound (LookupError)           no saved run has this id
│   └── AmbiguousRunId                  more than one has
├── RunUnderWay (RuntimeError)          a running run is deleted by force only
├── RunDeleted (RuntimeError)           it was deleted by force while it ran; what came of it stands in `.run`
├── DuplicateRun (RuntimeError)         the same was run before; it stands in `.run`
├── RunFailed (RuntimeError)            the strategy raised; the record is saved and stands in `.run`
└── RecordError (RuntimeError)          the database
    ├── DatabaseUnavailable (ConnectionError)
    ├── DatabasePooled                  a pooler in between gives every transaction another session
    ├── DatabaseBehind                  the server's schema is older than this version
    ├── DatabaseAhead                   the server's schema is newer than this version
    ├── OutboxUnavailable (OSError)     a run can neither be stored nor wait; it was not begun
    ├── NotAllowed (PermissionError)    this login has not the right to do that
    └── ConfigurationTooLarge (ValueError)

KeyboardInterrupt
└── RunInterrupted                      the stop button; the record is saved and stands in `.run`
"""

from __future__ import annotations

from dataclasses import dataclass
from difflib import get_close_matches
from itertools import chain
from types import MappingProxyType
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Mapping
    from datetime import datetime


LONGEST = 560
"""Characters of a message. What was typed may be megabytes; of those the ends are shown."""


@dataclass(frozen=True, slots=True)
class Call:
    """A verb of the workbench that helps, with its arguments; as text it is what one types in Python.

    `python` is that text where the arguments are no values yet, as in ``wb.compare(id, other_id)``.
    """

    verb: str
    arguments: tuple[str, ...] = ()
    options: tuple[tuple[str, str], ...] = ()
    python: str = ""

    def __str__(self) -> str:
        options = (f"{name}={value!r}" for name, value in self.options)
        return self.python or f"wb.{self.verb}({', '.join([*map(repr, self.arguments), *options])})"


@dataclass(frozen=True, slots=True)
class Argument:
    """An argument of a verb, with its value as Python writes it; without a value the argument itself is meant."""

    name: str
    text: str = ""

    def __str__(self) -> str:
        return f"{self.name}={self.text}"


type Hint = Call | Argument
"""What each face says in its own words."""

type Part = str | Hint
"""A piece of a message."""


class Message(str):
    """A text that knows which of its parts are hints. It reads as Python; `told` says the hints in other words."""

    __slots__ = ("parts",)
    parts: tuple[Part, ...]

    def __new__(cls, *parts: Part) -> Message:
        message = super().__new__(cls, "".join(map(str, parts)))
        message.parts = tuple(chain.from_iterable(p.parts if isinstance(p, Message) else (p,) for p in parts))
        return message

    def __reduce__(self) -> tuple[type[Message], tuple[Part, ...]]:
        return Message, self.parts

    def told(self, words: Callable[[Hint], str]) -> str:
        """The text with each hint in the words of a terminal or of a panel."""
        return "".join(part if isinstance(part, str) else words(part) for part in self.parts)


class WorkbenchError(Exception):
    """The root of everything this package raises on purpose. `hints` are the calls that help."""

    def __str__(self) -> str:
        return _printable(super().__str__())

    def __reduce__(self) -> tuple[Any, ...]:
        # many have arguments of their own, so that calling the class with the message would fail
        return _restored, (type(self), self.args), self.__dict__

    @property
    def hints(self) -> tuple[Call, ...]:
        """What to call next; empty where the message says all there is to say."""
        return tuple(part for part in self._message().parts if isinstance(part, Call))

    def told(self, words: Callable[[Hint], str]) -> str:
        """The message with each hint in other words than Python's."""
        return _printable(self._message().told(words))

    def _message(self) -> Message:
        message = self.args[0] if self.args else ""
        return message if isinstance(message, Message) else Message(super().__str__())


def _restored(kind: type[WorkbenchError], arguments: tuple[Any, ...]) -> WorkbenchError:
    error: WorkbenchError = (OSError if issubclass(kind, OSError) else Exception).__new__(kind)
    error.args = arguments
    return error


def _printable(text: str) -> str:
    # half a character pair could not be printed, nor sent to a browser
    text = text.encode("utf-8", "backslashreplace").decode()
    return text if len(text) <= LONGEST else f"{text[: LONGEST - 200]} … {text[-190:]}"


def described(error: BaseException) -> str:
    """Kind and message of any exception; its kind alone where it has no message, or fails to say it."""
    try:
        message = str(error)
    except Exception:  # noqa: BLE001 - whatever an exception of the user's own does
        message = ""
    return f"{type(error).__name__}: {message}" if message else type(error).__name__


class InvalidInput(WorkbenchError, ValueError):
    """An argument is wrong; the message says which one and what to type instead."""

    def __init__(self, *parts: Part) -> None:
        super().__init__(Message(*parts))


class UnknownName(InvalidInput, LookupError):
    """An unknown name, with the nearest known one."""

    noun = "name"
    see: tuple[Part, ...] = ()
    few = 12
    also: Mapping[str, str] = MappingProxyType({})
    """What others call some of them."""

    def __init__(self, name: str, known: Iterable[str]) -> None:
        self.name = name
        self.known = sorted(known)
        super().__init__(f"no {self.noun} is called {name!r}.", *self._hint())

    def _hint(self) -> tuple[Part, ...]:
        # a symbol is meant as often as the whole id: APPL is nearer to AAPL than to AAPL.NASDAQ
        spellings = {k.partition(".")[0].lower(): k for k in self.known} | {k.lower(): k for k in self.known}
        # of megabytes the search would take minutes
        typed = self.name[:100].lower()
        meant = self.also.get(typed, typed)
        near = [meant] if meant in spellings else get_close_matches(typed, spellings, n=1, cutoff=0.8)
        near = near or [spelling for spelling in spellings if typed and spelling.startswith(f"{typed}_")]
        near = near or get_close_matches(typed, spellings, n=1, cutoff=0.55)
        if near:
            return (f" Did you mean {spellings[near[0]]!r}?",)
        if self.known and len(self.known) <= self.few:
            return (f" Known: {', '.join(self.known)}.",)
        return (" ", *self.see) if self.see else ()


class StrategyNotFound(UnknownName):
    """No registered strategy has this name, and it is not an importable ``"module:Class"``."""

    noun = "strategy"
    see = (Call("strategies"), " lists them.")


class InstrumentNotFound(UnknownName):
    """The catalog has no such instrument."""

    noun = "instrument in the catalog"
    see = (Call("instruments"), " lists them; ", Call("import_csv"), " brings data in.")


class BarNotFound(UnknownName):
    """The catalog has the instrument but not these bars."""

    noun = "bar of this instrument"
    see = (Call("instruments"), " lists them.")


class UnknownParameter(UnknownName):
    """The strategy has no such parameter."""

    noun = "parameter of this strategy"
    also = MappingProxyType(
        {
            **dict.fromkeys(("commission", "commissions", "fee", "cost", "costs"), "fees"),
            **dict.fromkeys(("cash", "balance", "initial_capital", "starting_balance"), "capital"),
            **dict.fromkeys(("symbol", "ticker", "asset"), "instrument"),
            **dict.fromkeys(("timeframe", "interval", "bars"), "bar"),
            **dict.fromkeys(("since", "begin", "from_date"), "start"),
            **dict.fromkeys(("until", "to_date"), "end"),
        }
    )
    see = (Call("strategies"), " lists parameters and defaults.")


class UnknownArgument(UnknownName):
    """The verb has no such argument."""

    def __init__(self, verb: str, name: str, known: Iterable[str]) -> None:
        self.noun = f"argument of {verb}"
        super().__init__(name, known)


class UnknownFilter(UnknownName):
    """The record cannot be asked by this name."""

    noun = "filter"


class MetricNotFound(UnknownName):
    """No metric has this name, or none of which more or less is better where that is asked for."""

    noun = "metric"
    few = 20

    def __init__(self, name: str, known: Iterable[str], *, unranked: bool = False) -> None:
        super().__init__(name, known)
        if unranked:
            self.args = (f"neither more nor less of {name!r} is better. Ranked are: {', '.join(self.known)}.",)


class InvalidParameter(InvalidInput):
    """A strategy parameter of the wrong type or out of its range."""


class InvalidPeriod(InvalidInput):
    """A date that is not one, an end before its start, or a range outside the data."""


class CurrencyMismatch(InvalidInput):
    """The capital is in another currency than the instrument settles in."""


class PricesNotTradable(InvalidInput):
    """The bars have one side of the market only, so that orders of the other side would never fill."""


class InvalidMarketData(InvalidInput):
    """A market data file with bad rows. Nothing of it was written."""


class RunNotFound(WorkbenchError, LookupError):
    """No saved run has this id."""

    def __init__(self, run_id: str, why: str = "") -> None:
        self.run_id = run_id
        message = Message(f"no run starts with {run_id!r}. {why}", Call("history"), " lists the newest.")
        super().__init__(message)


class AmbiguousRunId(RunNotFound):
    """More than one saved run starts like this."""

    def __init__(self, run_id: str, candidates: Iterable[str]) -> None:
        self.candidates = sorted(candidates)
        Exception.__init__(
            self, f"{run_id!r} is the start of several runs: {', '.join(self.candidates)}. Type more of the id."
        )
        self.run_id = run_id


class RunUnderWay(WorkbenchError, RuntimeError):
    """A run cannot be deleted while it runs, unless by force."""

    def __init__(self, run_id: str, *, by: str | None, since: datetime) -> None:
        self.run_id = run_id
        message = Message(
            f"run {run_id[:8]} is running: {by or 'somebody'} started it at {since:%Y-%m-%d %H:%M:%S} UTC. With ",
            Argument("force", "True"),
            " it is deleted all the same, and what comes of it is not recorded.",
        )
        super().__init__(message)


class RunDeleted[R](WorkbenchError, RuntimeError):
    """The run was deleted by force while it ran and is not in the record; `run` is its `Run`, results and all."""

    def __init__(self, message: str, run: R) -> None:
        super().__init__(message)
        self.run = run


class DuplicateRun[R](WorkbenchError, RuntimeError):
    """The same thing was run before, and another run of it was not wanted; `run` is the earlier `Run`."""

    def __init__(self, message: str, run: R) -> None:
        super().__init__(message)
        self.run = run


class RunFailed[R](WorkbenchError, RuntimeError):
    """The strategy raised. The record is saved as ``failed``, with the trace; `run` is its `Run`."""

    def __init__(self, message: str, run: R) -> None:
        super().__init__(message)
        self.run = run


class RunInterrupted[R](KeyboardInterrupt):
    """The stop button. The record is saved as ``interrupted``; `run` is its `Run`.

    No `WorkbenchError`: a loop that catches those and goes on with the next run must stop here.
    """

    def __init__(self, message: str, run: R) -> None:
        super().__init__(message)
        self.run = run


class Busy(WorkbenchError, TimeoutError):
    """Another process holds what is needed, and did not let go in time."""


class RecordError(WorkbenchError, RuntimeError):
    """Something about the database that keeps the record."""


class DatabaseUnavailable(RecordError, ConnectionError):
    """The database cannot be reached."""


class DatabasePooled(RecordError):
    """A pooler stands before the database and gives every transaction another session."""


class DatabaseBehind(RecordError):
    """The server's schema is older than this version of the workbench."""


class DatabaseAhead(RecordError):
    """The server's schema is newer than this version of the workbench."""


class OutboxUnavailable(RecordError, OSError):
    """A run can neither be stored nor wait on disk for its database."""


class NotAllowed(RecordError, PermissionError):
    """This login has not the right to do that on the database."""


class ConfigurationTooLarge(RecordError, ValueError):
    """A configuration above 16 MB."""
