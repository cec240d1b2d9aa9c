"""NautilusTrader's own configurations and engines, read and written: the functions of `Native`."""

from workbench.engine.nautilus1.engine import keep
from workbench.engine.nautilus1.inspect_engine import check as check_engine
from workbench.engine.nautilus1.read_config import read_config
from workbench.engine.nautilus1.read_engine import read_engine
from workbench.engine.nautilus1.run_config import read_run_config as parse_config
from workbench.engine.nautilus1.tearsheet import write_tearsheet
from workbench.engine.nautilus1.venue import version
from workbench.engine.nautilus1.write_config import write_config

__all__ = [
    "check_engine",
    "keep",
    "parse_config",
    "read_config",
    "read_engine",
    "version",
    "write_config",
    "write_tearsheet",
]
