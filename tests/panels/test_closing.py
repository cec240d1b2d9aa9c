"""A panel that is closed, or replaced because its cell has run again, lets go of all its controls."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from ipywidgets.widgets.widget import _instances
from jupyter_client.blocking.client import BlockingKernelClient
from jupyter_client.manager import start_new_kernel

from tests.support.stretches import SHORT
from workbench import Workbench
from workbench.panels import Panels, events
from workbench.panels.compare import Compare
from workbench.panels.history import History
from workbench.panels.launcher import Launcher
from workbench.panels.panel import Panel, PanelClosed

type Made = Callable[[Workbench], Panel]
EACH: dict[str, Made] = {
    "launcher": lambda wb: Panels(wb).launcher(),
    "history": lambda wb: Panels(wb).history(),
    "compare": lambda wb: Panels(wb).compare(list(wb.history(limit=2)["run_id"])),
}
each = pytest.mark.parametrize("made", EACH.values(), ids=EACH)


@pytest.fixture
def two(wb: Workbench) -> Workbench:
    """Two runs of strategies with other parameters."""
    for strategy in ("sma_crossover", "momentum"):
        wb.run(strategy, **SHORT)
    return wb


def redraw(panel: Panel, number: int) -> None:
    """Ask the panel for all it can show, one thing in place of another."""
    events.ring()
    if isinstance(panel, Launcher):
        panel.strategy.index = number % 3
    elif isinstance(panel, History):
        panel.record.choose(panel.record.table.run_ids[number % 2 :][:1])
        (panel.open if number % 5 == 0 else panel.rerun).click()
    elif isinstance(panel, Compare):
        panel.base.index = 1 + number % 2


@each
def test_what_is_drawn_anew_takes_the_place_of_what_was_there(two: Workbench, made: Made) -> None:
    panel = made(two)
    for number in range(3):
        redraw(panel, number)
    redraw(panel, 0)
    shown = len(_instances)
    for number in range(20):
        redraw(panel, number)
    redraw(panel, 0)
    assert len(_instances) == shown
    panel.close()


@each
def test_a_closed_panel_leaves_nothing_open(two: Workbench, made: Made) -> None:
    before = set(_instances)
    panel = made(two)
    redraw(panel, 1)
    assert len(_instances) > len(before) + 20
    panel.close()
    assert set(_instances) == before
    panel.close()
    assert repr(panel).endswith(", closed>")
    assert panel._repr_mimebundle_() == {"text/plain": repr(panel)}
    with pytest.raises(PanelClosed, match="this panel is closed, and 'notice' with it"):
        _ = panel.notice  # type: ignore[attr-defined]
    events.ring()


def test_what_a_closed_panel_had_last_stays(two: Workbench) -> None:
    panel = Panels(two).history()
    redraw(panel, 0)
    panel.close()
    assert panel.run is not None
    assert panel.run.id in set(two.history()["run_id"])


@pytest.fixture
def kernel(
    monkeypatch: pytest.MonkeyPatch, home: Path, database_url: str, tmp_path: Path
) -> Iterator[BlockingKernelClient]:
    """A real kernel with an empty record."""
    for name, value in {"WORKBENCH_HOME": home, "DATABASE_URL": database_url, "JUPYTER_RUNTIME_DIR": tmp_path}.items():
        monkeypatch.setenv(name, str(value))
    manager, client = start_new_kernel(kernel_name="python3", cwd=str(Path(__file__).parents[2]))
    try:
        yield client
    finally:
        client.stop_channels()
        manager.shutdown_kernel(now=True)


def executed(client: BlockingKernelClient, cell: str, code: str) -> str:
    """What a cell of JupyterLab prints, which tells the kernel which one it is."""
    request = client.session.msg("execute_request", {"code": code, "silent": False, "store_history": True})
    client.shell_channel.send({**request, "metadata": {"cellId": cell}})
    printed = ""
    while True:
        message = client.get_iopub_msg(timeout=120)
        if message["parent_header"].get("msg_id") != request["msg_id"]:
            continue
        assert message["msg_type"] != "error", "\n".join(message["content"]["traceback"])
        if message["msg_type"] == "stream":
            printed += message["content"]["text"]
        if message["msg_type"] == "status" and message["content"]["execution_state"] == "idle":
            return printed.strip()


def test_a_cell_that_runs_again_replaces_its_panel_and_no_other(kernel: BlockingKernelClient) -> None:
    imports = "import workbench as wb; from ipywidgets.widgets.widget import _instances; kept = []"
    assert executed(kernel, "imports", imports) == ""
    panel = "kept.append(wb.panels.history()); print(len(_instances)); kept[-1]"
    alone = int(executed(kernel, "one", panel))
    assert alone > 50
    assert [int(executed(kernel, "one", panel)) for _ in range(3)] == [alone] * 3
    # another cell has a panel of its own, and a cell may show several
    assert int(executed(kernel, "other", panel)) == 2 * alone
    assert int(executed(kernel, "several", f"{panel}; {panel}").split()[-1]) == 4 * alone
    assert int(executed(kernel, "several", panel)) == 3 * alone
    shown = executed(kernel, "which", "print([repr(panel).endswith('closed>') for panel in kept])")
    assert shown == str([True, True, True, False, False, True, True, False])
