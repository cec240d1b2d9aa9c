"""PostgreSQL servers of several versions, as a desk may have them."""

from __future__ import annotations

import os
import shutil
import signal
import subprocess
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any
from urllib.parse import quote

import psycopg

from tests.support.places import new_folder
from tests.support.waiting import eventually
from workbench.storage.server.pg_binaries import account, available, environment

DEBIAN = Path("/usr/lib/postgresql")


def programs() -> dict[int, Path]:
    """The folders of programs that this machine has, by major version: the library's and Debian's."""
    installed = {int(path.name): path / "bin" for path in DEBIAN.glob("*") if (path / "bin" / "initdb").is_file()}
    return installed | available()


@contextmanager
def running(bin_folder: Path) -> Iterator[str]:
    """A new server over a Unix socket, which lets everybody in; gives the URL of its database `postgres`."""
    owner, folder = account(), new_folder("wb-pg-")
    as_owner: dict[str, Any] = {"user": owner.uid, "group": owner.gid, "extra_groups": []} if owner.other else {}
    quiet: dict[str, Any] = {"cwd": "/", "env": environment(), "stdout": subprocess.DEVNULL, **as_owner}
    os.chown(folder, owner.uid, owner.gid)
    folder.chmod(0o711)
    try:
        data = folder / "data"
        options = ("--encoding=UTF8", "--locale=C", "--auth=trust", "--username=postgres", "--no-sync")
        subprocess.run([bin_folder / "initdb", *options, data], check=True, stderr=subprocess.PIPE, **quiet)
        place = ("-k", str(folder), "-c", "listen_addresses=", "-c", "fsync=off", "-c", "shared_buffers=32MB")
        with subprocess.Popen(
            [bin_folder / "postgres", "-D", str(data), *place], stderr=subprocess.DEVNULL, **quiet
        ) as server:
            try:
                url = f"postgresql://postgres@/postgres?host={quote(str(folder), safe='')}"
                eventually(lambda: _answers(url))
                yield url
            finally:
                os.kill(server.pid, signal.SIGINT)
                server.wait()
    finally:
        shutil.rmtree(folder)


def _answers(url: str) -> bool:
    try:
        psycopg.connect(url).close()
    except psycopg.OperationalError:
        return False
    return True
