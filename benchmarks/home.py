"""A home for one benchmark: its own data and its own PostgreSQL, both gone afterwards."""

from __future__ import annotations

import os
import shutil
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from workbench import Workbench
from workbench.settings import Settings
from workbench.storage.server import embedded


@contextmanager
def temporary_home() -> Iterator[Settings]:
    """Give settings with the sample data in the catalog and an empty record; stop the server and remove all at the end.

    The server has its normal settings: every finished run waits for the disk.
    """
    settings = Settings(home=Path(tempfile.mkdtemp(prefix="workbench-benchmark-")))
    try:
        with opened(settings) as workbench:
            workbench.import_sample()
        yield settings
    finally:
        embedded.stop(settings.database)
        shutil.rmtree(settings.home)


@contextmanager
def opened(settings: Settings) -> Iterator[Workbench]:
    """A workbench there, its connections given back afterwards."""
    workbench = Workbench(settings)
    workbench.tell = lambda _notice: None  # the same is run again and again here: asked for each time, but not said
    try:
        yield workbench
    finally:
        workbench.close()


def child_environment(settings: Settings) -> dict[str, str]:
    """What a fresh interpreter needs to use this home, its bytecode compiled as that of an installed package is.

    The bytecode lies in the home too: the first child compiles everything, whatever the state of the checkout.
    """
    inherited = {name: value for name, value in os.environ.items() if name not in _UNWANTED}
    return inherited | {"WORKBENCH_HOME": str(settings.home), "PYTHONPYCACHEPREFIX": str(settings.home / "bytecode")}


_UNWANTED = ("DATABASE_URL", "PYTHONDONTWRITEBYTECODE", "PYTHONPROFILEIMPORTTIME", "PYTHONDEVMODE")
