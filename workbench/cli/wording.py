"""What a message calls a verb or an argument in Python, as one types it in a terminal."""

from __future__ import annotations

from workbench.errors import Argument, Call, Hint, Message

COMMANDS = {
    "best": "best",
    "compare": "compare",
    "details": "show",
    "export_config": "export",
    "get": "show",
    "history": "history",
    "import_csv": "data import",
    "instruments": "data list",
    "strategies": "strategies",
    "tag": "tag",
}
"""The command for each verb that a hint may name."""

OPTIONS = frozenset(
    {
        *(
            "account",
            "bar",
            "capital",
            "currency",
            "end",
            "fees",
            "force",
            "instrument",
            "kind",
            "leverage",
            "limit",
            "oms",
        ),
        *("overwrite", "replace", "risk_free", "seed", "since", "slippage", "stamps", "start", "tz", "until"),
    }
)
"""The arguments that are options of commands under their own name; others are said as in Python."""

RENAMED = {"order_by": "--sort"}
"""The options that have another name than the argument."""


def command_of(call: Call) -> str:
    """What one types here for a hint: ``ntrader show 1a2b3c4d`` for ``wb.get('1a2b3c4d')``."""
    options = (f"--{name} {value}" for name, value in call.options)
    return " ".join(["ntrader", COMMANDS[call.verb], *call.arguments, *options])


def option_of(argument: Argument) -> str:
    """What one types here for an argument: ``--replace`` for ``replace=True``, ``--seed 3`` for ``seed=3``."""
    if argument.name not in OPTIONS and argument.name not in RENAMED:
        return str(argument)
    option = RENAMED.get(argument.name, f"--{argument.name.replace('_', '-')}")
    return option if argument.text in ("", "True") else f"{option} {argument.text}"


def typed_here(hint: Hint) -> str:
    """What one types in a terminal for a hint."""
    return command_of(hint) if isinstance(hint, Call) else option_of(hint)


def in_terminal_words(text: str) -> str:
    """What a verb says, as one types it here: the command for a call, ``--start`` for ``start=``."""
    return text.told(typed_here) if isinstance(text, Message) else text
