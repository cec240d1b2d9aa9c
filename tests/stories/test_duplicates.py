"""US8: what was tested before is known by what it is, told apart from what differs, and never blocks unasked."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from tests.stories.test_record import CLOSES, SCRIPT, import_closes
from tests.support import user_strategies
from workbench import Run, Workbench, frames
from workbench.errors import DuplicateRun, InvalidInput, UnknownParameter

BASE: dict[str, Any] = {"instrument": "ACME.TEST", "capital": 10_000, "orders": {"1": 90.0}}


@pytest.fixture
def told(fresh_wb: Workbench, tmp_path: Path) -> list[str]:
    """What the workbench said."""
    import_closes(fresh_wb, tmp_path, CLOSES)
    said: list[str] = []
    fresh_wb.tell = said.append
    return said


def run(wb: Workbench, **changed: Any) -> Run:
    return wb.run(SCRIPT, **(BASE | {"progress": False} | changed))


def test_a_duplicate_is_reported_with_date_and_id_and_runs(fresh_wb: Workbench, told: list[str]) -> None:
    first = run(fresh_wb)
    assert told == []
    second = run(fresh_wb)
    assert second.id != first.id
    (notice,) = told
    assert notice.startswith(f"The same was run on {first.started_at:%Y-%m-%d %H:%M} UTC, id {first.id[:8]}.")
    assert f"wb.get({first.id[:8]!r})" in notice


EQUAL: dict[str, dict[str, Any]] = {
    "the order of keys": {"params": {"note": "", "raise_on": 0}},
    "a whole number as a float": {"raise_on": 0.0},
    "a whole number as text": {"raise_on": "0"},
    "capital as text": {"capital": "10000 USD"},
    "capital with other zeros": {"capital": "1E+4"},
    "a default that is given": {"raise_on": 0, "account": "margin", "oms": "netting", "leverage": 1},
    "the period of the data that is given": {"start": "2024-01-01", "end": "2024-01-08"},
    "the bar that is given": {"bar": "1d"},
    "name and tags": {"name": "first try", "tags": ["ema", "daily"]},
    "the symbol alone": {"instrument": "ACME"},
    "how it is measured": {"risk_free": 0.02},
}
DIFFERENT: dict[str, dict[str, Any]] = {
    "one parameter": {"note": "x"},
    "one order": {"orders": {"1": 91.0}},
    "capital": {"capital": 10_001},
    "fees": {"fees": 0.001},
    "fixed fees": {"fees": "1 USD"},
    "the account": {"account": "cash"},
    "the venue": {"oms": "hedging"},
    "leverage": {"leverage": 2},
    "the seed": {"seed": 5},
    "one day": {"end": "2024-01-07"},
}


@pytest.mark.parametrize("how", EQUAL)
def test_the_same_thing_is_recognised_however_it_is_typed(fresh_wb: Workbench, told: list[str], how: str) -> None:
    first = run(fresh_wb)
    found = fresh_wb.find_duplicates(SCRIPT, **(BASE | EQUAL[how]))
    assert found[["kind", "run_id"]].values.tolist() == [["same", first.id]]


@pytest.mark.parametrize("how", DIFFERENT)
def test_another_thing_is_not_taken_for_the_same(fresh_wb: Workbench, told: list[str], how: str) -> None:
    run(fresh_wb)
    assert fresh_wb.find_duplicates(SCRIPT, **(BASE | DIFFERENT[how])).empty
    run(fresh_wb, **DIFFERENT[how])
    assert told == []


def test_another_bar_type_is_another_thing(fresh_wb: Workbench, told: list[str]) -> None:
    fresh_wb.import_mock(instrument="MOCK.SIM", bar="1d", end="2020-03-01")
    fresh_wb.import_mock(instrument="MOCK.SIM", bar="1h", end="2020-03-01")
    mock = {"instrument": "MOCK.SIM", "start": "2020-01-02", "end": "2020-02-20", "orders": {}}
    run(fresh_wb, bar="1d", **mock)
    run(fresh_wb, bar="1h", **mock)
    assert told == []


def test_one_changed_bar_is_the_same_configuration_with_other_data(
    fresh_wb: Workbench, told: list[str], tmp_path: Path
) -> None:
    first = run(fresh_wb)
    changed: list[float] = [*CLOSES[:-1], 121]
    file = tmp_path / "changed.csv"
    import_closes_replaced(fresh_wb, file, changed)
    run(fresh_wb)
    assert told[-1].startswith("The same configuration was run with other data on")
    assert first.id[:8] in told[-1]


def import_closes_replaced(wb: Workbench, file: Path, closes: list[float]) -> None:
    rows = [f"2024-01-0{day},{close},{close},{close},{close},1000000" for day, close in enumerate(closes, start=1)]
    file.write_text("date,open,high,low,close,volume\n" + "\n".join(rows) + "\n")
    wb.import_csv(file, instrument="ACME.TEST", bar="1d", replace=True)


@pytest.fixture
def project(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Callable[[str], None]:
    """A user's strategy with a helper module; gives a function that edits the helper."""
    own = Path(user_strategies.__file__).read_text()
    (tmp_path / "own_idea.py").write_text("import own_helper\n" + own)

    def edit(text: str) -> None:
        (tmp_path / "own_helper.py").write_text(text)

    edit("level = 1\n")
    monkeypatch.syspath_prepend(tmp_path)
    return edit


def test_an_edited_helper_is_the_same_configuration_with_other_code(
    fresh_wb: Workbench, told: list[str], project: Callable[[str], None]
) -> None:
    arguments = BASE | {"progress": False}
    first = fresh_wb.run("own_idea:Script", **arguments)
    project("level = 22\n")
    found = fresh_wb.find_duplicates("own_idea:Script", **BASE)
    assert found[["kind", "run_id"]].values.tolist() == [["other code", first.id]]
    fresh_wb.run("own_idea:Script", **arguments)
    assert told[-1].startswith("The same configuration was run with other code on")
    # the very same comes first, before a newer one with other code
    project("level = 1\n")
    assert fresh_wb.find_duplicates("own_idea:Script", **BASE)["kind"].tolist() == ["same", "other code"]


def test_code_that_cannot_be_read_is_never_reported_as_the_same(fresh_wb: Workbench, told: list[str]) -> None:
    import sys
    import types

    from tests.support.user_strategies import Script

    module: Any = types.ModuleType("typed_in_a_cell")
    module.Script = type("Script", (Script,), {"__module__": "typed_in_a_cell", "__qualname__": "Script"})
    sys.modules["typed_in_a_cell"] = module
    try:
        for _ in range(2):
            fresh_wb.run(module.Script, **(BASE | {"progress": False}))
    finally:
        del sys.modules["typed_in_a_cell"]
    assert told[0].startswith("The same configuration was run with other code on")


def test_reuse_gives_the_earlier_run_back_and_records_nothing(fresh_wb: Workbench, told: list[str]) -> None:
    first = run(fresh_wb, on_duplicate="reuse")
    assert run(fresh_wb, on_duplicate="reuse") == first
    assert len(fresh_wb.history()) == 1
    assert told == []


def test_raise_refuses_and_knows_the_earlier_run(fresh_wb: Workbench, told: list[str]) -> None:
    first = run(fresh_wb, on_duplicate="raise")
    with pytest.raises(DuplicateRun, match=first.id[:8]) as caught:
        run(fresh_wb, on_duplicate="raise")
    assert caught.value.run == first
    run(fresh_wb, on_duplicate="raise", note="another")
    assert len(fresh_wb.history()) == 2


def test_ignore_says_nothing(fresh_wb: Workbench, told: list[str]) -> None:
    run(fresh_wb)
    run(fresh_wb, on_duplicate="ignore")
    assert told == []


@pytest.mark.usefixtures("told")
def test_nothing_is_asked_beside_a_saved_run(fresh_wb: Workbench) -> None:
    with pytest.raises(InvalidInput, match=r"^tag='ema' does not go with a saved run"):
        fresh_wb.find_duplicates(run(fresh_wb), tag="ema")


def test_a_failed_run_is_no_duplicate(fresh_wb: Workbench, told: list[str]) -> None:
    from workbench.errors import RunFailed

    for _ in range(2):
        with pytest.raises(RunFailed):
            run(fresh_wb, raise_on=2)
    assert told == []


def test_the_like_of_a_run_are_found_without_itself(fresh_wb: Workbench, told: list[str]) -> None:
    first, second = run(fresh_wb), run(fresh_wb)
    assert fresh_wb.find_duplicates(second)["run_id"].tolist() == [first.id]
    assert list(fresh_wb.find_duplicates(second).columns) == list(frames.DUPLICATES)
    # what a run is called does not count, as for wb.run; `note` is a parameter of this strategy
    named = fresh_wb.find_duplicates(SCRIPT, **BASE, name="first", tags=["x"])
    assert named["run_id"].tolist() == [second.id, first.id]
    nothing = fresh_wb.find_duplicates(SCRIPT, **(BASE | {"note": "new"}))
    assert nothing.dtypes.to_dict() == fresh_wb.find_duplicates(second).dtypes.to_dict()


def test_wrong_questions_are_refused_as_a_run_would_be(fresh_wb: Workbench, told: list[str]) -> None:
    with pytest.raises(UnknownParameter, match="Did you mean 'orders'"):
        fresh_wb.find_duplicates(SCRIPT, instrument="ACME", order={})
    with pytest.raises(InvalidInput, match="instrument is missing"):
        fresh_wb.find_duplicates(SCRIPT)
    with pytest.raises(InvalidInput, match="name is empty"):
        fresh_wb.find_duplicates(SCRIPT, **BASE, name=" ")
    with pytest.raises(InvalidInput, match="'reuse'"):
        run(fresh_wb, on_duplicate="again")
    assert fresh_wb.history().empty
