"""The source of a class that was typed in a notebook: what it needs of the cells, and nothing else."""

from __future__ import annotations

import json
import os
import subprocess
import sys
import textwrap
from pathlib import Path
from typing import Any

import nbformat
import pytest
from nbclient import NotebookClient

from tests.support.verdicts import verdict_of
from workbench import Workbench
from workbench.provenance.notebook_cells import cell_source
from workbench.settings import Settings


def typed(*cells: str) -> tuple[list[str], dict[str, Any]]:
    """Cells as they were executed one after another, and the names they left."""
    live: dict[str, Any] = {"__name__": "__main__"}
    texts = [textwrap.dedent(cell).strip("\n") for cell in cells]
    for text in texts:
        try:
            exec(compile(text, "<cell>", "exec", dont_inherit=True), live)
        except SyntaxError:
            continue
    return texts, live


def source_of(name: str, *cells: str) -> str | None:
    texts, live = typed(*cells)
    return cell_source([live[name]], texts, live)


def test_a_class_comes_with_what_it_uses_in_the_order_of_execution() -> None:
    source = source_of(
        "Idea",
        "import math\nimport json\nrun = None",
        "FACTOR = 2\nUNUSED = 3",
        "def double(x):\n    return x * FACTOR * math.pi",
        "class Idea:\n    level = FACTOR\n    def go(self):\n        run = double(1)\n        return run",
    )
    assert source == (
        "import math\n\n\nFACTOR = 2\n\n\ndef double(x):\n    return x * FACTOR * math.pi\n\n\n"
        "class Idea:\n    level = FACTOR\n    def go(self):\n        run = double(1)\n        return run\n"
    )
    made: dict[str, Any] = {}
    exec(source, made)
    assert made["Idea"]().go() == pytest.approx(2 * 3.14159265)


def test_of_a_cell_that_was_executed_again_the_last_one_counts() -> None:
    source = source_of("Idea", "class Idea:\n    n = 1", "x = 5", "class Idea:\n    n = 2")
    assert source == "class Idea:\n    n = 2\n"


def test_a_definition_that_is_not_in_use_is_passed_over() -> None:
    texts, live = typed("class Idea:\n    def go(self):\n        return 1")
    # a later cell with another definition, which stopped before it came to it
    texts.append("1 / 0\nclass Idea:\n    def go(self):\n        return 2")
    source = cell_source([live["Idea"]], texts, live)
    assert source is not None
    assert "return 1" in source
    assert "return 2" not in source


def test_what_is_added_to_needs_what_was_there_before() -> None:
    source = source_of("Idea", "periods = [5]", "periods += [10]", "class Idea:\n    all = periods")
    assert source == "periods = [5]\n\n\nperiods += [10]\n\n\nclass Idea:\n    all = periods\n"


def test_decorators_annotations_and_imports_of_the_future_are_kept() -> None:
    source = source_of(
        "Idea",
        "from __future__ import annotations",
        "def mark(cls):\n    return cls",
        "class Config: pass",
        "@mark\nclass Idea:\n    def __init__(self, config: Config) -> None: ...",
    )
    assert source is not None
    assert source.startswith("from __future__ import annotations")
    assert "class Config: pass" in source
    assert "@mark\nclass Idea:" in source


def test_a_cell_with_a_syntax_error_was_not_executed() -> None:
    assert source_of("Idea", "class Idea:\n    n = 1", "class Idea\n    n = 2") == "class Idea:\n    n = 1\n"


def test_a_name_that_no_cell_defined_makes_the_source_unknown() -> None:
    texts, live = typed("class Idea:\n    def go(self):\n        return secretly()")
    live["secretly"] = lambda: 1  # put there by something else than a cell
    assert cell_source([live["Idea"]], texts, live) is None


NOTEBOOK = [
    """
    import workbench as wb
    from nautilus_trader.model.data import BarType
    from nautilus_trader.model.identifiers import InstrumentId
    from nautilus_trader.model.enums import OrderSide
    from nautilus_trader.trading.config import StrategyConfig
    from nautilus_trader.trading.strategy import Strategy
    """,
    "QUANTITY = 100",
    """
    class HoldConfig(StrategyConfig, kw_only=True, frozen=True):
        instrument_id: InstrumentId
        bar_type: BarType
        after: int = 3

    class Hold(Strategy):
        def __init__(self, config: HoldConfig) -> None:
            super().__init__(config)
            self.seen = 0

        def on_start(self) -> None:
            self.subscribe_bars(self.config.bar_type)

        def on_bar(self, bar) -> None:
            self.seen += 1
            if self.seen == self.config.after:
                instrument = self.cache.instrument(self.config.instrument_id)
                order = self.order_factory.market(instrument.id, OrderSide.BUY, instrument.make_qty(QUANTITY))
                self.submit_order(order)
    """,
    "run = wb.run(Hold, instrument='IBM', progress=False)\nagain = wb.rerun(run, progress=False)",
    "import json\nprint(json.dumps([run.id, run.digest, run.source, run.config.strategy.path, again.verdict.outcome]))",
]


def test_a_strategy_of_a_cell_is_recorded_and_runs_again_after_a_restart(
    home: Path, database_url: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("WORKBENCH_HOME", str(home))
    monkeypatch.setenv("DATABASE_URL", database_url)
    cells = [nbformat.v4.new_code_cell(textwrap.dedent(cell).strip("\n")) for cell in NOTEBOOK]
    done = NotebookClient(nbformat.v4.new_notebook(cells=cells), timeout=120).execute()
    run_id, digest, source, path, outcome = json.loads(done.cells[-1].outputs[0]["text"])
    assert (path, outcome) == ("__main__:Hold", "identical")
    assert "QUANTITY = 100" in source
    assert "class Hold(Strategy):" in source
    assert "wb.run" not in source
    # in another process, where no such cell was executed
    wb = Workbench(Settings(home=home, database_url=database_url))
    again = wb.rerun(run_id, progress=False)
    assert (again.digest, verdict_of(again).outcome) == (digest, "identical")
    assert verdict_of(again).notes == ("__main__:Hold is not in this session: its recorded source was run",)
    assert again.source == source
    wb.close()


def test_cells_without_a_place_in_the_history_are_known_too(
    home: Path, database_url: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("WORKBENCH_HOME", str(home))
    monkeypatch.setenv("DATABASE_URL", database_url)
    cells = [nbformat.v4.new_code_cell(textwrap.dedent(cell).strip("\n")) for cell in NOTEBOOK]
    client = NotebookClient(nbformat.v4.new_notebook(cells=cells), timeout=120)
    with client.setup_kernel():
        # as nbval does it, and front ends that ask on their own
        done = [client.execute_cell(cell, number, store_history=False) for number, cell in enumerate(cells)]
    source = json.loads(done[-1].outputs[0]["text"])[2]
    assert "QUANTITY = 100" in source
    assert "class Hold(Strategy):" in source


def test_a_strategy_of_a_script_is_that_of_its_file(home: Path, database_url: str, tmp_path: Path) -> None:
    script = tmp_path / "idea.py"
    body = "\n".join(textwrap.dedent(cell).strip("\n") for cell in NOTEBOOK[:3])
    script.write_text(
        f"{body}\nrun = wb.run(Hold, instrument='IBM', progress=False)\nprint(run.source == open(__file__).read())\n"
    )
    done = subprocess.run(
        [sys.executable, str(script)],
        capture_output=True,
        text=True,
        check=True,
        env=os.environ | {"WORKBENCH_HOME": str(home), "DATABASE_URL": database_url},
    )
    assert done.stdout.strip() == "True"
