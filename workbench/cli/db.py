"""``ntrader db``: the database that keeps the record."""

from __future__ import annotations

from typing import Annotated

import typer

from workbench import settings
from workbench.cli.options import Json, group, opened
from workbench.cli.terminal import print_json, print_table, say

db = group(help="The database that keeps the record.")


@db.command("status")
def db_status(as_json: Json = False) -> None:
    """Say where the record is and how much is in it."""
    with opened() as wb:
        known = wb.status()
    if as_json:
        print_json(known)
        return
    runs = ", ".join(f"{count:,} {status}" for status, count in known["runs"].items())
    print_table(["", ""], ([name, runs if name == "runs" else str(value)] for name, value in known.items()))


@db.command("upgrade")
def db_upgrade(as_json: Json = False) -> None:
    """Bring the database's tables to this version."""
    from workbench.storage import Database

    database = Database(settings.read())
    before, after = database.upgrade(), database.revision()
    if as_json:
        print_json({"before": before, "after": after})
    elif before == after:
        say(f"Nothing to do: the database has schema {after}.")
    else:
        say(f"Upgraded from {'an empty database' if before is None else f'schema {before}'} to schema {after}.")


@db.command("roles")
def db_roles(
    apply: Annotated[bool, typer.Option("--apply", help="Make them, in place of printing the SQL.")] = False,
    own_rows_only: Annotated[
        bool | None,
        typer.Option("--own-rows-only/--all-rows", help="Whether members see and delete their own runs only."),
    ] = None,
) -> None:
    """Print the SQL of roles for a shared server: workbench_writer runs and records, workbench_reader looks.

    The tables' owner applies it, and makes each person's login a member: grant workbench_writer to alice. Who recorded
    a run is the login's name.
    """
    from workbench.storage import Database, roles

    if not apply:
        typer.echo("".join(f"{statement};\n" for statement in roles.statements(own_rows_only)), nl=False)
        return
    database = Database(settings.read())
    try:
        roles.apply(database, own_rows_only)
    finally:
        database.close()
    say(f"{roles.WRITER} and {roles.READER} are ready. Make people members: grant {roles.WRITER} to alice")
