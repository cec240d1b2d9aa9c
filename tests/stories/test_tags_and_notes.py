"""Names, tags and notes of runs: said at the start or afterwards, found by, and never part of what a run is."""

from __future__ import annotations

import threading
from collections.abc import Callable
from typing import Any

import psycopg
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from tests.support.stretches import SHORT
from tests.support.waiting import eventually
from workbench import Run, Workbench
from workbench.errors import InvalidInput, RunNotFound


@pytest.fixture
def labelled(wb: Workbench) -> Run:
    return wb.run("momentum", lookback=5, name="first try", tags=["ema", "daily", "ema"], note="slow market", **SHORT)


def remarks(wb: Workbench, run: Run) -> list[tuple[str, str]]:
    """Kind and value of what was said, without who and when."""
    details = wb.details(run, frame="polars").to_dicts()
    return [(row["name"], row["value"].rpartition(" (")[0]) for row in details if row["section"] == "remarks"]


def test_a_run_is_labelled_as_it_starts(wb: Workbench, labelled: Run) -> None:
    run = wb.get(labelled.id)
    assert (run.name, run.tags, run.notes) == ("first try", ("daily", "ema"), ("slow market",))
    assert (labelled.name, labelled.tags) == (run.name, run.tags)
    (row,) = wb.history(frame="polars").to_dicts()
    assert (row["name"], row["tags"]) == ("first try", "daily, ema")
    assert str(run).startswith("first try: Momentum on AAPL.NASDAQ")
    assert "daily, ema" in str(run)


def test_runs_are_found_by_their_labels(wb: Workbench, labelled: Run) -> None:
    other = wb.run("momentum", lookback=6, tags="ema", **SHORT)
    wb.run("momentum", lookback=7, **SHORT)
    assert set(wb.history(tag="ema")["run_id"]) == {labelled.id, other.id}
    assert list(wb.history(tag=["ema", "daily"])["run_id"]) == [labelled.id]
    assert list(wb.history(name="first try")["run_id"]) == [labelled.id]
    assert list(wb.best("total_return", tag="daily")["run_id"]) == [labelled.id]
    assert list(wb.strategy_history("momentum", tag="daily")["run_id"]) == [labelled.id]
    assert [len(page) for page in wb.history_pages(tag="ema", size=1)] == [1, 1]
    assert wb.history(tag="nobody").empty


def test_labels_change_afterwards_and_every_change_is_remembered(wb: Workbench, labelled: Run) -> None:
    before = wb.get(labelled.id)
    changed = wb.tag(labelled, ["night", "ema"], remove="daily")
    assert changed.tags == ("ema", "night")
    named = wb.note(labelled.id[:8], "worth another look", name="second look")
    assert (named.name, named.notes) == ("second look", ("slow market", "worth another look"))
    assert remarks(wb, labelled) == [
        ("name", "first try"),
        ("tag", "daily"),
        ("tag", "ema"),
        ("note", "slow market"),
        ("tag", "night"),
        ("untag", "daily"),
        ("name", "second look"),
        ("note", "worth another look"),
    ]
    # the run itself is what it was
    assert wb.get(labelled.id) == before


def test_labels_are_no_part_of_what_a_run_is(wb: Workbench, labelled: Run, capsys: pytest.CaptureFixture[str]) -> None:
    again = wb.run("momentum", lookback=5, **SHORT)
    assert "The same was run" in capsys.readouterr().out
    assert again.config == labelled.config


def test_labels_go_with_their_run(wb: Workbench, labelled: Run) -> None:
    wb.delete(labelled)
    assert wb.history(tag="ema").empty
    with pytest.raises(RunNotFound):
        wb.tag(labelled, "late")


def test_tags_of_two_at_once_are_both_kept(wb: Workbench, sql_connection: psycopg.Connection) -> None:
    run = wb.run("momentum", lookback=5, **SHORT)
    with sql_connection.transaction():  # somebody who has not finished
        sql_connection.execute("insert into run_labels (run_id, tags) values (%s, '{first}')", [run.id])
        second = threading.Thread(target=wb.tag, args=(run, "second"))
        second.start()
        eventually(lambda: sql_connection.execute("select 1 from pg_locks where not granted").fetchone())
    second.join()
    assert wb.get(run).tags == ("first", "second")


@pytest.mark.parametrize(
    ("arguments", "says"),
    [
        ({"add": "", "remove": ()}, "tag is empty"),
        ({"add": ["a", 5]}, "tag=5 is not text"),
        ({"add": 5}, "neither a tag nor a list of tags"),
        ({"add": "a,b"}, "has a comma"),
        ({"add": "x" * 201}, "the limit is 200"),
        ({"add": "a\x00b"}, "NUL"),
        ({}, "no tag was given"),
        ({"add": "ema", "remove": "ema"}, "added and removed"),
        ({"remove": "absent"}, "has no tag 'absent'. Its tags: daily, ema"),
        ({"add": {"a": 1}}, "neither a tag nor a list"),
    ],
)
def test_a_wrong_tag_is_refused_and_changes_nothing(
    wb: Workbench, labelled: Run, arguments: dict[str, Any], says: str
) -> None:
    with pytest.raises(InvalidInput, match=says):
        wb.tag(labelled, **arguments)
    assert wb.get(labelled.id).tags == ("daily", "ema")


@pytest.mark.parametrize("text", ["", "  ", None, 5, ["a"], "x" * 100_001, "a\x00b", "\ud800"])
def test_a_wrong_note_or_name_is_refused(wb: Workbench, labelled: Run, text: Any) -> None:
    with pytest.raises(InvalidInput):
        wb.note(labelled, text)
    if text is not None:
        with pytest.raises(InvalidInput):
            wb.note(labelled, "a note", name=text)
        with pytest.raises(InvalidInput):
            wb.run("momentum", name=text, **SHORT)
    assert wb.get(labelled.id).notes == ("slow market",)
    assert len(wb.history()) == 1


def test_a_parameter_that_is_called_like_a_label_keeps_its_meaning(wb: Workbench) -> None:
    run = wb.run("tests.support.user_strategies:Script", note="a parameter", tags=["t"], **SHORT)
    assert (run.params["note"], run.notes, run.tags) == ("a parameter", (), ("t",))
    with pytest.raises(InvalidInput, match="note is given twice"):
        wb.run("tests.support.user_strategies:Script", note="this", params={"note": "or this"}, **SHORT)


@settings(max_examples=25, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(changes=st.lists(st.tuples(st.booleans(), st.sampled_from(["a", "b", "ü %", "c d"])), max_size=8))
def test_tags_are_those_that_were_added_and_not_removed_since(
    wb: Workbench, labelled: Run, changes: list[tuple[bool, str]]
) -> None:
    tags = set(wb.get(labelled.id).tags)
    for adds, tag in changes:
        if adds:
            tags.add(tag)
            run = wb.tag(labelled, tag)
        elif tag in tags:
            tags.discard(tag)
            run = wb.tag(labelled, remove=tag)
        else:
            continue
        assert set(run.tags) == tags


def test_the_first_label_of_a_record_is_seen_by_who_has_asked_before(wb: Workbench) -> None:
    first, second = (wb.run("momentum", lookback=5, **SHORT) for _ in range(2))
    questions: list[Callable[[Workbench], list[object]]] = [
        lambda wb: wb.history(frame="polars")["tags"].to_list(),
        lambda wb: wb.best("final_balance", params={"lookback": (4, 9)}, frame="polars")["tags"].to_list(),
        lambda wb: wb.find_duplicates(first, frame="polars")["tags"].to_list() * 2,
        lambda wb: [", ".join(run.tags) or None for run in (wb.get(first.id), wb.get(second.id))],
    ]
    asking = [Workbench(wb.where) for _ in questions]
    assert [question(each) for question, each in zip(questions, asking, strict=True)] == [[None, None]] * 4
    for run in (first, second):
        wb.tag(run, "early")
    after = [list(question(each)) for question, each in zip(questions, asking, strict=True)]
    for each in asking:
        each.close()
    assert after == [["early", "early"]] * 4
