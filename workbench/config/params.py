"""What is asked about a parameter that needs no strategy: whether a run has it, and whether text can be stored."""

from __future__ import annotations

from enum import Enum

from workbench.errors import InvalidInput


class Presence(Enum):
    """Whether a run has a parameter at all, whatever its value."""

    PRESENT = "present"
    ABSENT = "absent"


PRESENT, ABSENT = Presence.PRESENT, Presence.ABSENT


def refuse_unstorable(what: str, text: str) -> None:
    """Refuse text, or the JSON of it, that PostgreSQL cannot hold.

    Raises:
        InvalidInput: a NUL, or half of a pair of surrogates.
    """
    if "\x00" in text or "\\u0000" in text:
        raise InvalidInput(f"{what} holds a NUL character, which PostgreSQL cannot store. Remove it.")
    try:
        text.encode()
    except UnicodeEncodeError as error:
        half = text[error.start]
        raise InvalidInput(
            f"{what} holds {half!r}, half a character, which PostgreSQL cannot store. Remove it."
        ) from None
