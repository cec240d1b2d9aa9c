"""The data folder of the embedded PostgreSQL: whose it is, who gets in, where its socket is."""

from __future__ import annotations

import os
import pwd
import shutil
import stat
import tempfile
from hashlib import sha256
from pathlib import Path

from workbench.errors import DatabaseUnavailable
from workbench.storage.server.pg_binaries import Account, run

LONGEST_SOCKET = 103
"""Bytes of a Unix socket's path on macOS; Linux allows four more."""


def make(folder: Path, owner: Account, *options: str) -> None:
    """Make a data folder beside its place and move it there whole: a killed process leaves no half of one."""
    new = private(folder.with_name(f"{folder.name}.new"), owner)
    # an order of text of PostgreSQL's own: the operating system's changes with its updates, and breaks indexes
    order = ("--locale=C", "--encoding=UTF8", "--locale-provider=builtin", "--builtin-locale=C.UTF-8")
    memory = ("--set", f"shared_buffers={_memory()}MB")
    run("initdb", ["-U", "postgres", "--auth=peer", *order, *memory, *options, "-D", str(new)], owner)
    let_in(new, owner)
    if folder.exists():
        folder.rmdir()
    new.rename(folder)


def _memory() -> int:
    """Megabytes that the server keeps pages in: an eighth of this machine's, from 128 to 4096."""
    import psutil

    return int(min(max(psutil.virtual_memory().total // 8 // 2**20, 128), 4096))


def private(folder: Path, owner: Account) -> Path:
    """An empty folder that only its owner can enter."""
    shutil.rmtree(folder, ignore_errors=True)
    folder.mkdir(mode=0o700)
    os.chown(folder, owner.uid, owner.gid)
    return folder


def check(folder: Path, owner: Account) -> None:
    """Refuse a data folder that is not this user's alone.

    Raises:
        DatabaseUnavailable: it belongs to somebody else, others may enter it, or it holds something else.
    """
    state = folder.stat()
    if state.st_uid != owner.uid:
        raise DatabaseUnavailable(
            f"{folder} belongs to the user {_name(state.st_uid)}, and its server would run as {_name(owner.uid)}. "
            "Start as its owner, or set WORKBENCH_HOME to a folder of your own."
        )
    mode = stat.S_IMODE(state.st_mode)
    if mode & 0o077:
        raise DatabaseUnavailable(
            f"{folder} is open to other users: its mode is {mode:o}. Type: chmod 700 '{folder}'. "
            "A drive that keeps no modes cannot hold it; set WORKBENCH_HOME to another."
        )
    if not (folder / "PG_VERSION").is_file():
        raise DatabaseUnavailable(
            f"{folder} holds something else than PostgreSQL's data. Move that away, or set WORKBENCH_HOME."
        )


def let_in(folder: Path, owner: Account) -> bool:
    """Write who may connect: over the socket alone, the users of this folder alone, as the kernel tells who they are.

    Returns:
        Whether something else stood there.
    """
    names = "".join(f'workbench "{name}" all\n' for name in owner.users)
    changed = False
    for name, rules in (("pg_ident.conf", names), ("pg_hba.conf", "local all all peer map=workbench\n")):
        file, text = folder / name, f"# written by the workbench at every start\n{rules}"
        if file.is_file() and file.read_text(errors="replace") == text:
            continue
        beside = folder / f"{name}.new"
        beside.write_text(text)
        beside.chmod(0o600)
        os.chown(beside, owner.uid, owner.gid)
        beside.replace(file)
        changed = True
    return changed


def socket_folder(folder: Path, owner: Account) -> Path:
    """Where the server's socket is: in the data folder, or, where that path is too long for one, in a temporary one.

    Raises:
        DatabaseUnavailable: somebody else has made that temporary folder, or has opened it.
    """
    if _fits(folder):
        return folder
    name = Path(f"workbench-{os.geteuid()}", sha256(os.fsencode(folder)).hexdigest()[:16])
    temporary = next(place for place in map(Path, (tempfile.gettempdir(), "/tmp")) if _fits(place / name))
    short = _ours(temporary / name.parent, owner) / name.name
    short.mkdir(mode=0o700, exist_ok=True)
    os.chown(short, owner.uid, owner.gid)
    return short


def _fits(folder: Path) -> bool:
    # the client takes what stands between commas for several servers
    return len(os.fsencode(folder / ".s.PGSQL.5432")) <= LONGEST_SOCKET and "," not in str(folder)


def _ours(folder: Path, owner: Account) -> Path:
    folder.mkdir(mode=0o700, exist_ok=True)
    state = folder.lstat()
    if not stat.S_ISDIR(state.st_mode) or state.st_uid != os.geteuid() or state.st_mode & 0o066:
        raise DatabaseUnavailable(
            f"{folder} was made by somebody else. Remove it, or set WORKBENCH_HOME to a shorter path."
        )
    if owner.other:
        folder.chmod(0o711)  # the server's user passes through
    return folder


def _name(uid: int) -> str:
    try:
        return pwd.getpwuid(uid).pw_name
    except KeyError:
        return str(uid)
