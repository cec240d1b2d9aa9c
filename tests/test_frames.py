"""Parameters in a frame: one text for one value, whatever order the server keeps them in."""

from __future__ import annotations

import json

from hypothesis import given
from hypothesis import strategies as st

from workbench import frames

VALUES = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False, allow_infinity=False) | st.text(),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=5), inner, max_size=3),
    max_leaves=8,
)


@given(st.dictionaries(st.text(max_size=8), VALUES, max_size=6))
def test_parameters_are_written_as_json_sorted_by_name(params: dict[str, object]) -> None:
    unsorted = json.dumps(dict(reversed(params.items())), ensure_ascii=False)
    try:
        unsorted.encode()
    except UnicodeEncodeError:  # half a character pair, which no database holds
        return
    assert frames._sorted(unsorted) == json.dumps(params, sort_keys=True, ensure_ascii=False)


def test_small_and_large_numbers_are_written_as_python_writes_them() -> None:
    assert frames._sorted('{"b": 0.0000001, "a": 1e22}') == '{"a": 1e+22, "b": 1e-07}'
    assert frames._sorted('{"b": 0.000061, "a": -0.00001, "c": 0.0001}') == '{"a": -1e-05, "b": 6.1e-05, "c": 0.0001}'
