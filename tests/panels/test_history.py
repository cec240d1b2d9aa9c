"""The record as a table: what is filtered, ordered and paged is what the verbs say, and what is chosen can be used."""

from __future__ import annotations

import threading
from typing import Any

import psycopg
import pytest

from tests.support import user_strategies
from tests.support.plausible import Made, varied, write
from tests.support.waiting import eventually
from workbench import Status, Workbench
from workbench.errors import RunDeleted, RunNotFound
from workbench.panels import Panels, events
from workbench.panels.history import History
from workbench.panels.run_browser import ORDERS


@pytest.fixture
def many(wb: Workbench) -> Workbench:
    """Fifty runs of all kinds."""
    for made in varied(range(50)):
        write(wb._session.records, made)
    return wb


@pytest.fixture
def few(wb: Workbench) -> Workbench:
    """Three runs by an engine: two that traded, one that failed."""
    runs: list[tuple[str, dict[str, Any]]] = [
        ("sma_crossover", {}),
        ("momentum", {}),
        ("tests.support.user_strategies:Script", {"raise_on": 3}),
    ]
    for strategy, more in runs:
        try:
            wb.run(strategy, instrument="AAPL", start="2012-01-03", progress=False, **more)
        except RuntimeError:
            assert more
    return wb


def ids(wb: Workbench, **asked: Any) -> list[str]:
    return list(wb.history(limit=1000, **asked)["run_id"])


def shown(panel: History) -> list[str]:
    return panel.record.table.run_ids


def tick(panel: History, *positions: int) -> None:
    for position in positions:
        panel.record.table.checks[position].value = True


def test_the_newest_twenty_are_shown_and_the_rest_is_paged(many: Workbench) -> None:
    panel, everything = Panels(many).history(), ids(many)
    pages = [shown(panel)]
    while not panel.record.on.disabled:
        panel.record.on.click()
        pages.append(shown(panel))
    # 50 runs are two pages of 20 and one of 10
    assert [len(page) for page in pages] == [20, 20, 10]
    assert [run_id for page in pages for run_id in page] == everything
    panel.record.back.click()
    assert shown(panel) == everything[20:40]
    panel.record.back.click()
    assert (shown(panel), panel.record.back.disabled) == (everything[:20], True)


@pytest.mark.parametrize("order", ORDERS)
def test_every_order_is_that_of_the_verb_on_every_page(many: Workbench, order: str) -> None:
    panel = Panels(many).history()
    panel.record.filters["order"].value = order
    order_by, ascending = ORDERS[order]
    everything = ids(many, order_by=order_by, ascending=ascending)
    assert shown(panel) == everything[:20]
    panel.record.on.click()
    assert shown(panel) == everything[20:40]


def test_a_row_shows_the_name_and_the_tags_of_its_run(few: Workbench) -> None:
    newest, older = ids(few)[:2]
    few.tag(older, add=["ema", "<b>daily"])
    named = few.run("momentum", instrument="AAPL", name="first & last", progress=False, on_duplicate="ignore")
    panel = Panels(few).history()
    html, labels = panel.record.table._html.value, [check.description for check in panel.record.table.checks]
    assert f"title='{named.id}'>first &amp; last</td>" in html  # in place of the short id, which is its title
    assert f"title='{newest}'>{newest[:8]}</td>" in html
    assert "<td>&lt;b&gt;daily, ema</td>" in html
    assert labels[0].startswith(f"choose run {named.id[:8]} 'first & last', Momentum on AAPL")


def test_filters_are_those_of_the_verb(many: Workbench) -> None:
    panel = Panels(many).history()
    filters = panel.record.filters
    filters["status"].value = "failed"
    assert shown(panel) == ids(many, status="failed")
    filters["status"].value = ""
    filters["params"].value = "fast_period=5,10 inner.level=2.."
    wanted = ids(many, params={"fast_period": [5, 10], "inner.level": (2, None)})
    assert wanted
    assert shown(panel) == wanted[:20]
    filters["params"].value = ""
    filters["strategy"].value = many.history(limit=1)["strategy_name"].item()
    filters["instrument"].value = "AAPL"
    assert set(shown(panel)) <= set(ids(many, instrument="AAPL"))


def test_an_invalid_filter_shows_its_error_and_an_empty_table_says_so(many: Workbench) -> None:
    panel = Panels(many).history()
    panel.record.filters["params"].value = "=5"
    assert "has no name of a parameter" in panel.record.notice.text
    panel.record.filters["params"].value = "fast_period=1000.."
    assert panel.record.notice.text == ""
    assert shown(panel) == []
    assert "No saved run matches." in panel.record.table._html.value


def test_an_empty_record_has_a_table_too(wb: Workbench) -> None:
    assert shown(Panels(wb).history()) == []


def test_new_runs_appear_when_a_cell_has_been_executed(wb: Workbench) -> None:
    panel = Panels(wb).history()
    run = wb.run("momentum", instrument="IBM", progress=False)
    assert shown(panel) == []
    events.ring()
    assert shown(panel) == [run.id]


def test_what_is_chosen_stays_chosen_on_other_pages(many: Workbench) -> None:
    panel, everything = Panels(many).history(), ids(many)
    tick(panel, 2)
    panel.record.on.click()
    tick(panel, 0)
    assert panel.chosen == [everything[2], everything[20]]
    panel.record.back.click()
    assert [check.value for check in panel.record.table.checks] == [position == 2 for position in range(20)]
    assert "2 chosen" in panel.record._words.value
    panel.record.none.click()
    assert panel.chosen == []


def test_only_what_can_be_done_with_what_is_chosen_can_be_pressed(many: Workbench) -> None:
    panel = Panels(many).history()
    buttons = (panel.open, panel.compare, panel.rerun, panel.delete)
    can = {}
    for count in (0, 1, 2, 10, 11):
        panel.record.choose(ids(many)[:count])
        can[count] = [not button.disabled for button in buttons]
    assert can == {
        0: [False, False, False, False],
        1: [True, False, True, True],
        2: [False, True, False, True],
        10: [False, True, False, True],
        11: [False, False, False, True],
    }


def test_a_failed_run_opens_with_its_error_and_everything_known_of_it(few: Workbench) -> None:
    panel = Panels(few).history()
    tick(panel, 0)
    panel.open.click()
    assert panel.run is not None
    assert panel.run.status is Status.FAILED
    assert "boom on bar 3" in panel.details._card.value
    assert "Traceback" in panel.details._facts.value
    assert "✗ failed" in panel.record.table._html.value


def test_chosen_runs_are_compared_in_the_order_of_choosing(few: Workbench) -> None:
    panel = Panels(few).history()
    tick(panel, 2, 1)
    panel.compare.click()
    sma, momentum = ids(few)[2], ids(few)[1]
    assert panel.together.table.value == few.compare(sma, momentum, only_differences=True)._repr_html_()


def test_a_run_is_deleted_after_a_question_that_names_it_and_only_then(few: Workbench) -> None:
    panel, (failed, momentum, sma) = Panels(few).history(), ids(few)
    tick(panel, 0, 2)
    panel.delete.click()
    assert failed[:8] in panel._named.value
    assert "SMA Crossover on AAPL.NASDAQ" in panel._named.value
    assert panel.yes.description == "Delete these 2 runs"
    panel.no.click()
    assert len(ids(few)) == 3
    panel.delete.click()
    panel.yes.click()
    assert ids(few) == shown(panel) == [momentum]
    assert panel.chosen == []
    assert sma[:8] in panel.notice.text
    with pytest.raises(RunNotFound):
        few.get(sma)


def test_the_question_names_the_runs_that_are_running_and_the_answer_deletes_them(wb: Workbench) -> None:
    asked: list[str] = []

    def delete() -> None:
        panel = Panels(wb).history()
        tick(panel, 0)
        panel.delete.click()
        asked.append(panel._named.value)
        panel.yes.click()
        asked.append(panel.notice.text)

    user_strategies.CALLED["panel"] = delete
    with pytest.raises(RunDeleted) as caught:
        wb.run("tests.support.user_strategies:Script", instrument="AAPL", call_on=4, note="panel", progress=False)
    run = caught.value.run
    question, answer = asked
    assert f"Running now: {run.id[:8]} (by " in question
    assert f", since {run.started_at:%H:%M} UTC). What comes of it is not recorded." in question
    assert answer == f"1 deleted: {run.id[:8]}"
    assert ids(wb) == []


def test_a_page_whose_place_was_deleted_by_somebody_else_becomes_the_first(many: Workbench) -> None:
    panel = Panels(many).history()
    many_ids = ids(many)
    panel.record.on.click()
    many.delete(many_ids[19])
    panel.record.refresh()
    assert shown(panel) == ids(many)[:20]


def test_a_run_is_run_again_with_a_changed_parameter(few: Workbench) -> None:
    panel, sma = Panels(few).history(), ids(few)[2]
    tick(panel, 2)
    panel.rerun.click()
    assert panel.again.form.values() == dict(few.get(sma).params)
    panel.again.form.controls["fast_period"].value = 5
    panel.again.running.go.click()
    panel.wait(60)
    assert panel.run is not None
    assert panel.run.params["fast_period"] == 5
    assert shown(panel)[0] == panel.run.id
    assert panel.chosen == [panel.run.id]


def test_names_are_shown_and_never_executed(wb: Workbench) -> None:
    evil = "<script>alert(1)</script>"
    write(wb._session.records, Made(number=1, params={"note": evil, evil: 1}, instrument=f"{evil}.X"))
    panel = Panels(wb).history()
    tick(panel, 0)
    panel.open.click()
    panel.delete.click()
    views = (panel.record.table._html, panel.details._card, panel.details._facts, panel._named)
    for view in views:
        assert "&lt;script&gt;" in view.value
        assert "<script" not in view.value


def test_a_checkbox_says_which_run_it_chooses(few: Workbench) -> None:
    panel = Panels(few).history()
    label = panel.record.table.checks[2].description
    assert label == f"choose run {ids(few)[2][:8]}, SMA Crossover on AAPL.NASDAQ, completed"


def test_what_is_asked_last_is_shown_when_a_cell_ends_at_that_moment(
    many: Workbench, sql_connection: psycopg.Connection
) -> None:
    panel = Panels(many).history()
    orders = {order: ids(many, order_by=by, ascending=up)[:20] for order, (by, up) in ORDERS.items()}
    for order, expected in orders.items():
        with sql_connection.transaction():
            # neither of the two gets an answer before the other has asked
            sql_connection.execute("lock table backtest_runs in access exclusive mode")
            cell = threading.Thread(target=events.ring)
            cell.start()
            eventually(lambda: waiting(sql_connection) > 0)
            control = threading.Thread(target=setattr, args=(panel.record.filters["order"], "value", order))
            control.start()
            control.join(0.1)  # if it asked now, either might be the last that is answered
        cell.join()
        control.join()
        assert shown(panel) == expected


def waiting(connection: psycopg.Connection) -> int:
    """How many questions wait for a lock."""
    found = connection.execute("select count(*) from pg_locks where not granted and relation is not null").fetchone()
    assert found is not None
    return int(found[0])
