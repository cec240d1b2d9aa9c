"""Whole folders change places, or none does: locked, staged, swapped by renames, repaired after a crash.

A change is built completely in ``.staging`` beside the data, in the same shape. Then ``commit.json`` names the folders,
which is the moment it is decided, and each is renamed into place. A process that dies earlier leaves a staging folder
without that file, which is thrown away; one that dies later leaves it, and whoever opens the catalog next finishes the
renames.
"""

from __future__ import annotations

import json
import os
import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from workbench.files import close_to_others, lock, open_private, private_folder

PATIENCE = 3600.0
"""Seconds that another process is waited for: an import may take that long."""

IMPORTER, READER = "another process that imports data", "other processes that read data"

_LOCK = ".workbench.lock"
_STAGING = ".staging"
_COMMIT = "commit.json"


@contextmanager
def reading(root: Path) -> Iterator[None]:
    """Hold off writers while the catalog is read. One that this package never wrote to has no lock and needs none.

    Raises:
        Busy: an import of another process did not end in time.
    """
    try:
        file = os.open(root / _LOCK, os.O_RDWR | os.O_CLOEXEC)
    except OSError:
        yield
        return
    try:
        lock(file, shared=True, patience=PATIENCE, awaited=IMPORTER)
        if (root / _STAGING / _COMMIT).exists():
            lock(file, patience=PATIENCE, awaited=READER)
            _repair(root)
            lock(file, shared=True, patience=PATIENCE, awaited=IMPORTER)
        yield
    finally:
        os.close(file)


@contextmanager
def writing(root: Path) -> Iterator[Path]:
    """Hold off everyone else, and give an empty staging folder; what was not committed in it is thrown away.

    Raises:
        Busy: another process did not let go in time.
    """
    private_folder(root)
    file = open_private(root / _LOCK)
    try:
        lock(file, patience=PATIENCE, awaited=f"{IMPORTER}, or that reads them")
        _repair(root)
        staging = root / _STAGING
        staging.mkdir(mode=0o700)
        try:
            yield staging
        finally:
            # a commit that broke off stays, to be repaired
            if not (staging / _COMMIT).exists():
                shutil.rmtree(staging, ignore_errors=True)
    finally:
        os.close(file)


def commit(root: Path, removed: list[Path]) -> None:
    """Put every staged folder in its place, and take the `removed` ones away.

    Call it inside `writing`, once.
    """
    staging = root / _STAGING
    staged = sorted({file.parent for file in staging.rglob("*") if file.is_file()})
    for file in staging.rglob("*"):
        close_to_others(file)
        _sync(file)
    plan = {
        "put": [str(folder.relative_to(staging)) for folder in staged],
        "remove": [str(folder.relative_to(root)) for folder in removed],
    }
    draft = staging / "commit.draft"
    draft.write_text(json.dumps(plan))
    _sync(draft)
    draft.rename(staging / _COMMIT)
    _sync(staging)
    _finish(root)


def _repair(root: Path) -> None:
    if (root / _STAGING / _COMMIT).exists():
        _finish(root)
    elif (root / _STAGING).exists():
        shutil.rmtree(root / _STAGING)


def _finish(root: Path) -> None:
    """Do what is left of a plan. Every step can be done again, whether or not it was done before."""
    staging = root / _STAGING
    plan = json.loads((staging / _COMMIT).read_text())
    old = staging / "old"
    for place in plan["put"]:
        if (staging / place).exists():
            _put_aside(root / place, old / place)
            private_folder((root / place).parent)
            (staging / place).rename(root / place)
            _sync((root / place).parent)
    for place in plan["remove"]:
        _put_aside(root / place, old / place)
    # the plan goes last of all: until then the renames must be found done
    (staging / _COMMIT).rename(staging / "done.json")
    shutil.rmtree(staging)


def _put_aside(place: Path, old: Path) -> None:
    if place.exists():
        private_folder(old.parent)
        place.rename(old)


def _sync(path: Path) -> None:
    handle = os.open(path, os.O_RDONLY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)
