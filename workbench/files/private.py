"""Folders and files that only their owner can enter, read or lock, whatever the umask."""

from __future__ import annotations

import os
import stat
from pathlib import Path

OTHERS = 0o077


def private_folder(folder: Path) -> None:
    """Make it, and its parents, if it is not there; shut others out of one that is ours and was open."""
    for missing in reversed([place for place in (folder, *folder.parents) if not place.exists()]):
        missing.mkdir(mode=0o700, exist_ok=True)
    close_to_others(folder)


def close_to_others(path: Path) -> None:
    """Take others' rights to what is ours; what is somebody else's stays as it is."""
    state = path.lstat()
    if state.st_uid == os.geteuid() and state.st_mode & OTHERS and not stat.S_ISLNK(state.st_mode):
        path.chmod(stat.S_IMODE(state.st_mode) & ~OTHERS)


def open_private(path: Path, flags: int = os.O_RDWR | os.O_CREAT) -> int:
    """Open a file and close it to others, also one that an earlier version left open. Returns its number."""
    file = os.open(path, flags | os.O_CLOEXEC, 0o600)
    state = os.fstat(file)
    if state.st_uid == os.geteuid() and state.st_mode & OTHERS:
        os.fchmod(file, stat.S_IMODE(state.st_mode) & ~OTHERS)
    return file
