"""Where things are. The only reader of the environment."""

from __future__ import annotations

import hashlib
import os
import re
from dataclasses import dataclass
from pathlib import Path
from urllib.parse import parse_qsl, unquote, urlsplit

import platformdirs


@dataclass(frozen=True, slots=True, kw_only=True)
class Settings:
    """The workbench's folder and database, as the environment gives them.

    `home` holds the embedded database, the market data catalog, and the runs that wait for a database. `database_url`
    is None for the embedded database; it may hold a password, so it is never part of a repr. `image` names the
    container image that this runs in, `notebook` the notebook, where they are known.
    """

    home: Path
    database_url: str | None = None
    image: str | None = None
    notebook: str | None = None

    def __repr__(self) -> str:
        return f"Settings(home={str(self.home)!r}, database_url={'***' if self.database_url else None})"

    @property
    def outbox(self) -> Path:
        """The folder of runs that wait for this database, named by where it is, never by who asks."""
        return self.home / "outbox" / _place(self.database_url)

    @property
    def login(self) -> str | None:
        """The login that the database will note as who recorded a run; None for the embedded one, which has but one."""
        return None if self.database_url is None else _login(self.database_url)

    @property
    def around(self) -> dict[str, str | None]:
        """What is recorded of where a run was made."""
        return {"image": self.image, "notebook": self.notebook}

    @property
    def catalog(self) -> Path:
        """The folder of NautilusTrader's `ParquetDataCatalog`."""
        return self.home / "catalog"

    @property
    def database(self) -> Path:
        """The folder of the embedded PostgreSQL."""
        return self.home / "postgres"


def _place(url: str | None) -> str:
    """A folder's name for a database: runs must not end in another one than they were meant for."""
    if url is None:
        return "embedded"
    try:
        parts = urlsplit(url)
        host = parts.hostname or dict(parse_qsl(parts.query)).get("host") or "localhost"
        where = f"{host}:{parts.port or 5432}/{parts.path.strip('/')}"
    except ValueError:  # no URL; whoever connects says so
        where = "unknown"
    readable = re.sub(r"[^A-Za-z0-9.]+", "-", where).strip("-")[:60]
    return f"{readable}-{hashlib.sha256(where.encode()).hexdigest()[:8]}"


def _login(url: str) -> str | None:
    """What the URL says, or what the driver takes where it says nothing; None for no URL, and for a nameless user."""
    import pwd

    try:
        parts = urlsplit(url)
        said = dict(parse_qsl(parts.query)).get("user") or unquote(parts.username or "") or os.environ.get("PGUSER")
        return said or pwd.getpwuid(os.geteuid()).pw_name
    except (ValueError, KeyError):
        return None


def read() -> Settings:
    """Read ``WORKBENCH_HOME``, ``DATABASE_URL`` and ``WORKBENCH_IMAGE`` from the environment, else from ``.env``.

    The file is that of this folder or of one above. Jupyter says which notebook it is in ``JPY_SESSION_NAME``.

    A variable that is set wins over the file. The file is read, never written into ``os.environ``.
    """
    from dotenv import dotenv_values, find_dotenv

    file = dotenv_values(find_dotenv(usecwd=True))

    def value(name: str) -> str | None:
        return os.environ.get(name) or file.get(name) or None

    home = value("WORKBENCH_HOME") or platformdirs.user_data_dir("workbench", appauthor=False)
    return Settings(
        home=Path(home).expanduser().absolute(),
        database_url=value("DATABASE_URL"),
        image=value("WORKBENCH_IMAGE"),
        notebook=os.environ.get("JPY_SESSION_NAME") or None,
    )
