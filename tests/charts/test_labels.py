"""How runs are spoken of: what they share, what tells them apart, and their parameters as axes."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest

from workbench.charts.labels import Subject, axes, differences, labels, numeric, ordered, together, told, varying
from workbench.errors import InvalidInput, UnknownParameter
from workbench.runs import Status

Make = Callable[..., Subject]


def test_one_run_is_named_whole_and_many_by_what_they_share(run: Make) -> None:
    assert together([run()]) == "SMA on IBM.NYSE, run 00000000"
    assert together([run(1), run(2)]) == "SMA on IBM.NYSE, 2 runs"
    assert together([run(1), run(2, strategy="RSI", instrument="A.B")]) == "2 strategies on 2 instruments, 2 runs"


def test_a_label_says_what_sets_a_run_apart(run: Make) -> None:
    runs = [run(n, params={"fast": fast, "slow": 50}) for n, fast in enumerate((5, 10))]
    assert labels(runs) == ["fast 5, 00000000", "fast 10, 00000001"]
    assert labels([run(1), run(2)]) == ["run 00000001", "run 00000002"]
    assert labels([run(1), run(2, instrument="A.B")]) == ["IBM.NYSE, 00000001", "A.B, 00000002"]


def test_a_label_says_that_a_run_did_not_complete(run: Make) -> None:
    assert labels([run(status=Status.FAILED)]) == ["SMA on IBM.NYSE, run 00000000, failed"]
    assert labels([run(1), run(2, status=Status.INTERRUPTED)])[1] == "run 00000002, interrupted"


def test_a_label_has_room_for_three_parameters_of_which_those_that_vary_most_come_first(run: Make) -> None:
    runs = [run(n, params={"a": n // 4, "b": n, "c": n // 2, "d": n // 3}) for n in range(6)]
    # 6 values of b, 3 of c, 2 of a and d
    assert varying(runs) == ["b", "c", "a", "d"]
    assert labels(runs)[5] == "b 5, c 2, a 1, 00000005"
    wide = [run(n, params={"a" * 40: n, "b" * 40: n % 2}) for n in range(4)]
    assert told(wide) == ["a" * 40]


def test_what_else_differs_is_named(run: Make) -> None:
    runs = [
        run(1, params={"fast": 5}, terms={"start": "2001", "bar": "1d"}),
        run(2, params={"fast": 10}, terms={"start": "2002", "bar": "1d"}, instrument="A.B"),
    ]
    assert differences(runs) == ["these runs also differ in instrument, start, fast"]
    assert differences(runs, but=["fast", "instrument", "start"]) == []


def test_numbers_are_ordered_by_size_and_words_by_letters() -> None:
    assert ordered([10, 9, 100, 9.0, 9]) == [9, 9.0, 10, 100]
    assert ordered(["0.5", "0.25"]) == ["0.25", "0.5"]
    assert ordered([True, False]) == [False, True]
    assert ordered(["b", None, "a"]) == [None, "a", "b"]


@pytest.mark.parametrize(
    ("values", "are_numbers"),
    [([1, 2.5, "0.5"], True), ([], True), ([True, 1], False), ([None, 1], False), (["x"], False), (["inf"], False)],
)
def test_true_and_false_are_no_numbers_and_a_decimal_in_text_is_one(values: list[Any], are_numbers: bool) -> None:
    assert numeric(values) is are_numbers


def test_an_axis_left_open_is_the_parameter_that_varies_most(run: Make) -> None:
    runs = [run(n, params={"fast": n, "short": n > 2, "slow": min(n, 2), "fixed": 1}) for n in range(4)]
    assert axes(runs, None) == ["fast"]
    assert axes(runs, None, None) == ["fast", "slow"]
    assert axes(runs, None, "fast") == ["slow", "fast"]
    assert axes(runs, "fixed") == ["fixed"]


def test_an_unknown_parameter_is_an_error_with_the_nearest_name(run: Make) -> None:
    with pytest.raises(UnknownParameter, match="Did you mean 'fast_period'"):
        axes([run(params={"fast_period": 1, "slow_period": 2})], "fats_period")


def test_an_axis_that_cannot_be_chosen_is_an_error_that_lists_the_parameters(run: Make) -> None:
    runs = [run(n, params={"fast": n, "slow": 9}) for n in range(2)]
    with pytest.raises(InvalidInput, match=r"differ in fast only.*they have: fast, slow"):
        axes(runs, None, None)
    with pytest.raises(InvalidInput, match=r"differ in no other parameter.*they have: none"):
        axes([run()], None)
