"""Another user of the machine can neither read nor lock nor stop anything of a home, whatever the owner's umask."""

from __future__ import annotations

import json
import os
import pwd
import shutil
import signal
import stat
from collections.abc import Callable, Iterator
from contextlib import suppress
from pathlib import Path

import psutil
import pytest

from tests.support.places import new_folder
from tests.support.stretches import SHORT
from workbench import Workbench
from workbench.settings import Settings
from workbench.storage.server import embedded


def attack(places: list[Path], pids: list[int]) -> Iterator[str]:
    """Try all that one user of a machine can do to another's; what succeeded."""
    tries: list[tuple[str, Callable[[Path], object]]] = [
        ("read", lambda place: os.close(os.open(place, os.O_RDONLY))),
        ("wrote", lambda place: os.close(os.open(place, os.O_WRONLY))),
        ("made", lambda place: os.close(os.open(place / "new", os.O_WRONLY | os.O_CREAT))),
        ("listed", os.listdir),
        ("opened", lambda place: place.chmod(0o777)),
        ("removed", os.unlink),
    ]
    for place in places:
        for done, act in tries:
            with suppress(OSError):
                act(place)
                yield f"{done} {place}"
    for pid in pids:
        with suppress(OSError):
            os.kill(pid, signal.SIGINT)
            yield f"signalled {pid}"


def by_another_user(places: list[Path], pids: list[int]) -> list[str]:
    """`attack` by nobody, in a fork: a program of its own might lie where nobody may go."""
    told, tell = os.pipe()
    if (child := os.fork()) == 0:
        os.setgroups([])
        os.setgid(pwd.getpwnam("nobody").pw_gid)
        os.setuid(pwd.getpwnam("nobody").pw_uid)
        with os.fdopen(tell, "w") as out:
            out.write(json.dumps(list(attack(places, pids))))
        os._exit(0)
    os.close(tell)
    with os.fdopen(told) as answer:
        found: list[str] = json.loads(answer.read())
    os.waitpid(child, 0)
    return found


@pytest.fixture
def home(request: pytest.FixtureRequest) -> Iterator[Path]:
    """A home that was made and used under an umask, with runs in its record, data, and a run that waits."""
    folder = new_folder("wb-private-")
    folder.chmod(0o755)
    before = os.umask(request.param)
    try:
        wb = Workbench(Settings(home=folder / "home"))
        wb.import_sample()
        wb.run("momentum", **SHORT)
        away = Workbench(Settings(home=folder / "home", database_url="postgresql://trader@127.0.0.1:1/none"))
        away.tell = lambda _text: None
        away.run("momentum", **SHORT)
        away.close()
        yield folder / "home"
        wb.close()
    finally:
        os.umask(before)
        embedded.stop(folder / "home" / "postgres")
        shutil.rmtree(folder)


def inside(home: Path) -> list[Path]:
    return [home, *(Path(folder, name) for folder, names, files in os.walk(home) for name in [*names, *files])]


@pytest.mark.parametrize("home", [0o000, 0o022, 0o077], indirect=True, ids=oct)
def test_every_file_of_a_home_is_its_owners_alone(home: Path) -> None:
    ours = [place for place in inside(home) if place.lstat().st_uid == os.geteuid() and not place.is_socket()]
    assert {".postgres.users", ".postgres.starting", ".postgres.keeper", "catalog", "outbox"} <= {
        place.name for place in ours
    }
    # where root's server is another user's, that one passes through the home and lists nothing
    passed = {home} if os.geteuid() == 0 else set()
    modes = {str(place): oct(stat.S_IMODE(place.stat().st_mode)) for place in ours if place not in passed}
    assert {place: mode for place, mode in modes.items() if int(mode, 8) & 0o077} == {}
    assert not stat.S_IMODE(home.stat().st_mode) & 0o066


@pytest.mark.skipif(os.geteuid() != 0, reason="only root can become another user")
@pytest.mark.parametrize("home", [0o000, 0o022, 0o077], indirect=True, ids=oct)
def test_another_user_can_open_lock_list_change_or_signal_nothing(home: Path) -> None:
    running = psutil.process_iter(["cmdline"])
    named = [process for process in running if str(home) in " ".join(process.info["cmdline"] or [])]
    assert len(named) >= 2  # the server and its keeper
    assert by_another_user(inside(home), [process.pid for process in named]) == []
    assert all(process.is_running() for process in named)


@pytest.mark.parametrize("home", [0o077], indirect=True, ids=oct)
def test_files_that_an_earlier_version_left_open_are_closed_at_the_next_start(home: Path) -> None:
    left = [home / ".postgres.users", home / ".postgres.starting", home / "catalog", home / "outbox"]
    for place in left:
        place.chmod(0o777)
    embedded.stop(home / "postgres")
    embedded.start(home / "postgres")
    assert {place.name: oct(place.stat().st_mode & 0o077) for place in left} == dict.fromkeys(
        (place.name for place in left), "0o0"
    )
