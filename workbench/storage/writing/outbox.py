"""Runs that wait for their database: files on disk, each written whole or not at all, stored once, in order."""

from __future__ import annotations

import os
from collections import Counter
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import IO

from workbench.config import sha256
from workbench.errors import OutboxUnavailable, RecordError
from workbench.files import lock, open_private, private_folder, try_lock
from workbench.storage.writing.messages import Ending, Start, from_text, meant_for, to_text

type Store = Callable[[Start, Ending | None], None]
"""Stores one run, or finds that it is stored already."""


PATIENCE = 60.0
"""Seconds that the lock of a run's file is waited for: who delivers holds it for a moment."""


class Outbox:
    """A folder with a file per run that waits. A run under way holds a lock beside its file for as long as it lives.

    The database notes whoever stores a run as who recorded it, so that runs of another login than `login` are left to
    that one; without a login all are taken.
    """

    def __init__(self, folder: Path, login: str | None) -> None:
        self.folder = folder
        self.login = login
        self._alive: dict[Path, IO[bytes]] = {}

    def put(self, start: Start, ending: Ending | None) -> None:
        """Write a run, in place of an earlier state of it; on disk when this returns.

        Raises:
            OutboxUnavailable: it cannot be written; what was there before is still there.
        """
        file = self._file(start)
        try:
            private_folder(self.folder)
            if file not in self._alive:
                self._alive[file] = _locked(file.with_suffix(".alive"))
            _write(file, to_text(start, ending, self.login))
        except OSError as error:
            self.let_go(start)
            raise OutboxUnavailable(f"{self.folder} cannot be written: {error.strerror or error}") from error

    def set_aside(self, start: Start, ending: Ending) -> Path:
        """Write a run that nobody shall store; renamed to end in ``.json`` it waits like any other.

        Raises:
            OutboxUnavailable: it cannot be written.
        """
        self.put(start, ending)
        file = self._file(start)
        try:
            return file.rename(file.with_suffix(".deleted"))
        finally:
            self.let_go(start)

    def let_go(self, start: Start) -> None:
        """The run is no longer under way here: any process that finds its file may store it."""
        file = self._file(start)
        held = self._alive.pop(file, None)
        if held is not None:
            with suppress(OSError):
                file.with_suffix(".alive").unlink(missing_ok=True)
            held.close()

    def has(self, start: Start) -> bool:
        """Whether this run waits here."""
        return self._file(start).exists()

    def waiting(self) -> list[Path]:
        """The files of runs that wait for this login, oldest run first."""
        return [file for file in self._files() if self._is_ours(file)]

    def elsewhere(self) -> dict[str, int]:
        """How many runs wait for other databases, by the names of their folders, or for other logins of this one."""
        try:
            others = [folder for folder in sorted(self.folder.parent.iterdir()) if folder != self.folder]
        except OSError:
            return {}
        counts = {folder.name: len(list(folder.glob("*.json"))) for folder in others if folder.is_dir()}
        theirs = Counter(_login(file) for file in self._files() if not self._is_ours(file))
        counts |= {f"{self.folder.name}, login {login}": count for login, count in theirs.items()}
        return {name: count for name, count in counts.items() if count}

    def _files(self) -> list[Path]:
        try:
            return sorted(self.folder.glob("*.json"))
        except OSError:
            return []

    def _is_ours(self, file: Path) -> bool:
        return self.login is None or _login(file) in (None, self.login)

    def refused(self) -> list[Path]:
        """The files that no database would have: damaged, or of a version that is not known."""
        return sorted(self.folder.glob("*.refused"))

    def deliver(self, store: Store, failed: Callable[[Path, Exception], None]) -> int:
        """Store all that waits, in order, and remove its files; runs that are under way elsewhere are left.

        One process at a time: where another one is at it, nothing is done. A file that cannot be read, or that the
        database would not have (`store` raises ValueError), is set aside under the ending ``.refused``; one that fails
        otherwise waits on. `failed` is told of both.

        Returns:
            How many were stored.

        Raises:
            OSError: the database is away, or this disk cannot be written; the rest waits on.
        """
        if not self._left():
            return 0
        done = 0
        with self._turn() as ours:
            for file in self._left() if ours else []:
                with _claimed(file.with_suffix(".alive")) as abandoned:
                    if not abandoned:
                        continue
                    file.with_suffix(".part").unlink(missing_ok=True)
                    if file.exists() and self._is_ours(file) and _stored(file, store, failed):
                        done += 1
        return done

    def _left(self) -> list[Path]:
        """The files of runs that wait, and those of processes that were killed before they had written one."""
        locked = [lock.with_suffix(".json") for lock in self.folder.glob("*.alive")]
        return sorted({*self.waiting(), *(file for file in locked if not file.exists())})

    @contextmanager
    def _turn(self) -> Iterator[bool]:
        with _opened(self.folder / ".delivering") as file:
            yield try_lock(file.fileno())

    def _file(self, start: Start) -> Path:
        # by the time of its start, so that names sort in order; by the id, so that none is there twice
        record = start.record
        return self.folder / f"{record.started_at:%Y%m%dT%H%M%S.%f}-{record.run_id}.json"


def _login(file: Path) -> str | None:
    try:
        with file.open(encoding="utf-8") as lines:
            return meant_for(lines)
    except (OSError, ValueError):
        return None


def _stored(file: Path, store: Store, failed: Callable[[Path, Exception], None]) -> bool:
    try:
        store(*from_text(file.read_text(encoding="utf-8"), sha256))
    except (RecordError, OSError):
        raise
    except ValueError as error:
        failed(file.rename(file.with_suffix(".refused")), error)
        return False
    except Exception as error:  # noqa: BLE001 - what stands there may be anything, and must not keep the others waiting
        failed(file, error)
        return False
    file.unlink()
    return True


def _write(file: Path, text: str) -> None:
    """Whole or not at all: into another file, on disk, then in its place, and the folder on disk too."""
    part = file.with_suffix(".part")
    try:
        descriptor = os.open(part, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600)
        with os.fdopen(descriptor, "w", encoding="utf-8") as out:
            out.write(text)
            out.flush()
            os.fsync(out.fileno())
        part.replace(file)
    except BaseException:
        with suppress(OSError):
            part.unlink(missing_ok=True)
        raise
    folder = os.open(file.parent, os.O_RDONLY)
    try:
        os.fsync(folder)
    finally:
        os.close(folder)


def _locked(path: Path) -> IO[bytes]:
    """The lock of a run under way. Who delivers may hold it for a moment, and takes its file away."""
    while True:
        file = _opened(path)
        try:
            lock(file.fileno(), patience=PATIENCE, awaited="another process that stores runs that waited")
        except BaseException:
            file.close()
            raise
        with suppress(FileNotFoundError):
            if os.path.samestat(os.fstat(file.fileno()), path.stat()):
                return file
        file.close()


def _opened(path: Path) -> IO[bytes]:
    return os.fdopen(open_private(path), "wb")


@contextmanager
def _claimed(path: Path) -> Iterator[bool]:
    """Whether nobody holds this lock; it is ours for the block, and the file is gone after it."""
    if not path.exists():
        yield True
        return
    with _opened(path) as file:
        free = try_lock(file.fileno())
        yield free
        if free:
            path.unlink(missing_ok=True)
