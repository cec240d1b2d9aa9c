"""pgbouncer before a server of the tests, where it is installed."""

from __future__ import annotations

import os
import shutil
import subprocess
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from urllib.parse import quote

import psycopg
from psycopg.conninfo import conninfo_to_dict

from tests.support.waiting import eventually
from workbench.storage.server.pg_binaries import account

PROGRAM = shutil.which("pgbouncer", path=f"{os.environ.get('PATH', '')}:/usr/sbin")
SETTINGS = """
[databases]
{name} = host={host} dbname={name} user={user} pool_size={size}
[pgbouncer]
pool_mode = {mode}
ignore_startup_parameters = {ignored}
server_round_robin = {in_turn:d}
listen_port = 6432
unix_socket_dir = {folder}
auth_type = any
"""


@dataclass(slots=True)
class Pooler:
    """`ignored` are settings that it takes and does not pass on.

    `in_turn` is whether it goes through its sessions one after the other instead of taking the last one again; it has
    `size` of them at most.
    """

    database: str
    folder: Path
    mode: str
    ignored: str = "options"
    in_turn: bool = False
    size: int = 20
    process: subprocess.Popen[bytes] | None = None

    @property
    def url(self) -> str:
        """Where it answers."""
        place = conninfo_to_dict(self.database)
        return f"postgresql://{place['user']}@/{place['dbname']}?host={quote(str(self.folder), safe='')}&port=6432"

    def start(self) -> None:
        """Start it and wait until it answers."""
        place, owner = conninfo_to_dict(self.database), account()
        text = SETTINGS.format(
            name=place["dbname"],
            user=place["user"],
            host=place["host"],
            mode=self.mode,
            ignored=self.ignored,
            in_turn=self.in_turn,
            size=self.size,
            folder=self.folder,
        )
        (self.folder / "settings.ini").write_text(text)
        root = os.geteuid() == 0  # it refuses to run as root
        with (self.folder / "log").open("w") as log:
            self.process = subprocess.Popen(
                [str(PROGRAM), str(self.folder / "settings.ini")],
                stdout=log,
                stderr=log,
                user=owner.uid if root else None,
                group=owner.gid if root else None,
            )
        eventually(self._answers)

    def stop(self) -> None:
        """End it at once; its connections end with it."""
        if self.process is not None:
            self.process.terminate()
            self.process.wait()

    def _answers(self) -> bool:
        assert self.process is not None
        assert self.process.poll() is None, (self.folder / "log").read_text()
        try:
            psycopg.connect(self.url).close()
        except psycopg.OperationalError:
            return False
        return True


@contextmanager
def pooled(
    database: str, mode: str, *, ignored: str = "options", in_turn: bool = False, size: int = 20
) -> Iterator[Pooler]:
    """A pooler before this database, gone afterwards."""
    folder = Path(tempfile.mkdtemp(prefix="wb-pooler-"))  # a short name: it is part of a socket's
    os.chown(folder, account().uid, account().gid)
    pooler = Pooler(database, folder, mode, ignored=ignored, in_turn=in_turn, size=size)
    try:
        pooler.start()
        yield pooler
    finally:
        pooler.stop()
        shutil.rmtree(folder)
