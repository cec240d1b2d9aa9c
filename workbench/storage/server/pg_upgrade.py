"""The data of an older PostgreSQL, brought to the version that the embedded server has now."""

from __future__ import annotations

import shutil
import subprocess
from pathlib import Path

from workbench.errors import DatabaseAhead, DatabaseBehind, DatabaseUnavailable
from workbench.storage.server.data_folder import let_in, make, private, socket_folder
from workbench.storage.server.pg_binaries import Account, available, environment, newest, run


def finish_bringing_over(folder: Path) -> None:
    """Put a data folder into its place whose process was killed just before it did."""
    if not folder.exists() and _ready(folder).exists():
        _ready(folder).rename(folder)


def bring_over(folder: Path, owner: Account) -> None:
    """Bring an older version's data over with PostgreSQL's own ``pg_upgrade``. The old folder stays beside the new.

    Raises:
        DatabaseBehind: it cannot be done here; the message says how else. Nothing is touched.
        DatabaseAhead: a newer PostgreSQL wrote it.
    """
    text = (folder / "PG_VERSION").read_text(errors="replace").strip()
    version = int(text) if text.isdigit() else 0
    if version == newest():
        return
    if version > newest():
        raise DatabaseAhead(
            f"{folder} was written by PostgreSQL {version} and this workbench brings {newest()}. "
            "Install a newer workbench; nothing was touched."
        )
    kept = folder.with_name(f"{folder.name}.{version}")
    if version not in available():
        raise _behind(folder, text, f"the programs of PostgreSQL {text} are not here")
    if kept.exists():
        raise _behind(folder, text, f"{kept} is in the way")
    try:
        _copy(folder, version, owner)
    except DatabaseUnavailable as error:
        raise _behind(folder, text, str(error)) from error
    folder.rename(kept)
    _ready(folder).rename(folder)


def _copy(folder: Path, version: int, owner: Account) -> None:
    work = private(folder.with_name(f"{folder.name}.upgrade"), owner)
    try:
        checksums = () if _has_checksums(folder, version) else ("--no-data-checksums",)
        make(work / "data", owner, *checksums)
        let_in(folder, owner)
        programs = ["-b", str(available()[version]), "-B", str(available()[newest()])]
        data = ["-d", str(folder), "-D", str(work / "data"), "-s", str(socket_folder(work, owner))]
        run("pg_upgrade", ["-U", "postgres", *programs, *data], owner, cwd=work)
        let_in(work / "data", owner)
        shutil.rmtree(_ready(folder), ignore_errors=True)
        (work / "data").rename(_ready(folder))
    finally:
        shutil.rmtree(work, ignore_errors=True)


def _has_checksums(folder: Path, version: int) -> bool:
    command = [str(available()[version] / "pg_controldata"), str(folder)]
    done = subprocess.run(command, capture_output=True, text=True, env=environment(), check=False)
    if done.returncode:
        raise DatabaseUnavailable(f"pg_controldata failed: {done.stderr.strip()}")
    lines = (line.partition(":") for line in done.stdout.splitlines())
    return any(name == "Data page checksum version" and value.strip() != "0" for name, _, value in lines)


def _ready(folder: Path) -> Path:
    return folder.with_name(f"{folder.name}.upgraded")


def _behind(folder: Path, version: str, why: str) -> DatabaseBehind:
    return DatabaseBehind(
        f"{folder} was written by PostgreSQL {version}, this workbench brings {newest()}, and it cannot be brought "
        f"over: {why}. Nothing was touched. With the workbench that wrote it type: ntrader db backup FILE. "
        "With this one, and WORKBENCH_HOME set to a new folder: ntrader db restore FILE"
    )
