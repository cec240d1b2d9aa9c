"""Where the migrations are, and how to apply them. Imported only when the schema is not this version's."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from alembic import command
from alembic.config import Config
from alembic.script import ScriptDirectory


def config() -> Config:
    """Alembic's configuration, without a file: migrations of the checkout, or those inside an installed wheel."""
    package = Path(__file__).resolve().parents[2]
    folder = next(path for path in (package / "_alembic", package.parent / "alembic") if (path / "env.py").is_file())
    config = Config()
    # a percent sign in a path would be taken for an option's name
    config.set_main_option("script_location", str(folder).replace("%", "%%"))
    return config


def known() -> frozenset[str]:
    """The revisions that there are migrations to."""
    return frozenset(script.revision for script in ScriptDirectory.from_config(config()).walk_revisions())


def upgrade(connection: Any, revision: str = "head", *, rights: bool = True) -> None:
    """Apply what is missing, in the transaction of `connection`.

    Args:
        rights: whether the roles of a shared server, where they are, get their rights on the tables.
    """
    ready = config()
    ready.attributes |= {"connection": connection, "rights": rights}
    command.upgrade(ready, revision)
