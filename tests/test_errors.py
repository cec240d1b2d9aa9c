"""What an error says: all of it, or both ends of what nobody would read."""

from __future__ import annotations

import time

import pytest

from workbench.errors import InvalidInput, OutboxUnavailable, StrategyNotFound, UnknownParameter, WorkbenchError


def test_a_message_of_megabytes_shows_its_ends() -> None:
    said = str(InvalidInput(f"capital={'9' * 10_000_000} is not a number. Type capital=10_000."))
    assert said.startswith("capital=9999")
    assert said.endswith("9 is not a number. Type capital=10_000.")
    # 360 of the beginning, 3 of the gap, 190 of the end
    assert len(said) == 553


@pytest.mark.parametrize("kind", [WorkbenchError, InvalidInput, OutboxUnavailable])
def test_a_message_of_a_sentence_is_not_touched(kind: type[Exception]) -> None:
    assert str(kind("x" * 560)) == "x" * 560
    assert str(kind("there is no 'é'.")) == "there is no 'é'."


def test_half_a_character_can_be_printed() -> None:
    assert str(InvalidInput("no file \udcff")).encode() == rb"no file \udcff"


def test_the_nearest_of_a_name_of_megabytes_is_found_at_once() -> None:
    began = time.process_time()
    assert "no strategy" in str(StrategyNotFound("momentum" * 1_000_000, ["momentum", "sma_crossover"]))
    assert time.process_time() - began < 20
    assert "Did you mean 'fast_period'?" in str(UnknownParameter("fast_perod", ["fast_period"]))
