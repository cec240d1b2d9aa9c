"""Data of anyone's own class are equal where what they hold is, and never by what they say of themselves alone."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any

import numpy as np
import pytest

from workbench.catalog.content import content


class Silent:
    """It says nothing of itself."""

    def __init__(self, value: object) -> None:
        self.value = value


class Terse(Silent):
    """It says less than it holds."""

    def __repr__(self) -> str:
        return "Terse"


class Slotted:
    """No dictionary."""

    __slots__ = ("value",)

    def __init__(self, value: object) -> None:
        self.value = value


@dataclass
class Said:
    """A dataclass."""

    value: Any


@dataclass
class Hidden:
    """One field is not said."""

    value: Any = field(repr=False)


MANY = np.arange(5000.0)
OTHER = np.where(MANY == 2500, -1.0, MANY)


@pytest.mark.parametrize("cls", [Silent, Terse, Slotted, Said, Hidden])
@pytest.mark.parametrize(
    ("one", "other"),
    [
        (1.0, -1.0),
        ("a", "b"),
        ([1, [2, 3]], [1, [2, 4]]),
        ({"a": 1}, {"a": 2}),
        ({1, 2}, {1, 3}),
        (MANY, OTHER),
        (np.array([1.1234567891]), np.array([1.1234567892])),
        (Silent(1), Silent(2)),
        (Terse(1), Terse(2)),
    ],
    ids=["numbers", "texts", "lists", "dicts", "sets", "long arrays", "fine arrays", "objects", "terse objects"],
)
def test_other_values_are_other_content_and_equal_ones_the_same(cls: Any, one: object, other: object) -> None:
    assert content(cls(one)) == content(cls(one)) is not None
    assert content(cls(one)) != content(cls(other))


@pytest.mark.parametrize("value", [object(), np.array([object()]), lambda: 1, type("Many", (list,), {})([1])])
def test_where_nobody_can_tell_there_is_no_content(value: object) -> None:
    assert content(Silent(value)) is None


def test_what_holds_itself_ends() -> None:
    one = Silent(None)
    one.value = one
    assert content(one) is None


def test_a_dataclass_of_plain_values_is_what_it_says() -> None:
    assert content(Said(1.5)) == "Said(value=1.5)"
