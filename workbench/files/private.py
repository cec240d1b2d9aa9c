"""Folders and files that only their owner can enter, read or lock, whatever the umask."""

from __future__ import annotations

import os
import stat
from pathlib import Path


def private_folder(folder: Path) -> None:
    """Make it, and its parents, if it is not there; shut others out of one that is ours and was open."""
    folder.mkdir(mode=0o700, parents=True, exist_ok=True)
    state = folder.stat()
    if state.st_uid == os.geteuid() and state.st_mode & 0o077:
        folder.chmod(stat.S_IMODE(state.st_mode) & ~0o077)


def open_private(path: Path, flags: int = os.O_RDWR | os.O_CREAT) -> int:
    """Open a file and close it to others, also one that an earlier version left open. Returns its number."""
    file = os.open(path, flags | os.O_CLOEXEC, 0o600)
    state = os.fstat(file)
    if state.st_uid == os.geteuid() and state.st_mode & 0o077:
        os.fchmod(file, stat.S_IMODE(state.st_mode) & ~0o077)
    return file
