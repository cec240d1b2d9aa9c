"""A Jupyter-first research workbench for NautilusTrader: every backtest recorded, every number reproducible.

import workbench as wb

run = wb.run("sma_crossover", instrument="AAPL", fast_period=10, slow_period=50)
wb.history(strategy="SMA Crossover")
wb.details(run.id)
wb.plot.equity(run)
"""

from workbench import errors
from workbench.config import ABSENT, PRESENT
from workbench.metrics import metric
from workbench.panels import Panels
from workbench.runs import Status
from workbench.strategies import register
from workbench.verbs.run import Run
from workbench.verbs.workbench import Workbench

_default = Workbench()

best = _default.best
compare = _default.compare
connect = _default.connect
delete = _default.delete
details = _default.details
diff = _default.diff
export_config = _default.export_config
find_duplicates = _default.find_duplicates
get = _default.get
history = _default.history
history_pages = _default.history_pages
import_csv = _default.import_csv
import_mock = _default.import_mock
import_sample = _default.import_sample
instruments = _default.instruments
note = _default.note
panels = Panels(_default)
plot = _default.plot
record = _default.record
recording = _default.recording
rerun = _default.rerun
run = _default.run
status = _default.status
strategies = _default.strategies
strategy_history = _default.strategy_history
tag = _default.tag
use = _default.use

__all__ = [
    "ABSENT",
    "PRESENT",
    "Run",
    "Status",
    "Workbench",
    "best",
    "compare",
    "connect",
    "delete",
    "details",
    "diff",
    "errors",
    "export_config",
    "find_duplicates",
    "get",
    "history",
    "history_pages",
    "import_csv",
    "import_mock",
    "import_sample",
    "instruments",
    "metric",
    "note",
    "panels",
    "plot",
    "record",
    "recording",
    "register",
    "rerun",
    "run",
    "status",
    "strategies",
    "strategy_history",
    "tag",
    "use",
]


def __dir__() -> list[str]:
    return __all__
