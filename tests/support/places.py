"""Where tests put what need not outlive them: in memory, where there is room for it.

A database is a thousand small files. A disk takes longer to make and remove them than the server takes to use them.
"""

from __future__ import annotations

import os
import shutil
import tempfile
from pathlib import Path

MEMORY = Path("/dev/shm")
ROOM = 4 * 2**30
"""Bytes that must be free there; the tests need less than one GB."""


def new_folder(prefix: str) -> Path:
    """Make a folder with a short path; the caller removes it."""
    roomy = os.access(MEMORY, os.W_OK) and shutil.disk_usage(MEMORY).free > ROOM
    return Path(tempfile.mkdtemp(prefix=prefix, dir=MEMORY if roomy else None))
