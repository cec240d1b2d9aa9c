"""``ntrader db``: the database that keeps the record."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from workbench import settings
from workbench.cli.options import Json, group, opened
from workbench.cli.terminal import complain, print_json, print_table, say
from workbench.errors import DatabaseUnavailable

db = group(help="The database that keeps the record.")


@db.command("status")
def db_status(as_json: Json = False) -> None:
    """Say where the record is and how much is in it.

    Also which server it is and the oldest that would do, and how many runs wait on disk for a database that is away;
    then the exit code is 1.
    """
    from workbench.storage.schema.own_schema import OLDEST

    with opened() as wb:
        known = wb.status()
    away = known["schema"] is None
    if as_json:
        print_json(known)
    else:
        facts = {
            name: value
            for name, value in known.items()
            if value not in ({}, None) and not (away and name == "database")
        }
        if not away:
            facts["server"] = f"{facts['server']} (needed: {OLDEST} or newer)"
        facts["runs"] = ", ".join(f"{count:,} {status}" for status, count in known["runs"].items())
        print_table(["", ""], ([name, str(value)] for name, value in facts.items() if value != ""))
    if away:
        complain(DatabaseUnavailable(known["database"]))
        raise typer.Exit(1)


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
    as_json: Json = False,
) -> None:
    """Print or apply the SQL of roles for a shared server.

    workbench_writer runs and records, workbench_reader looks. The
    tables' owner applies it, and makes each person's login a member: grant workbench_writer to alice. Who recorded
    a run is the login's name.
    """
    from workbench.storage import Database
    from workbench.storage.upkeep import roles

    if not apply:
        if as_json:
            print_json(roles.statements(own_rows_only))
            return
        typer.echo("".join(f"{statement};\n" for statement in roles.statements(own_rows_only)), nl=False)
        return
    database = Database(settings.read())
    try:
        roles.apply(database, own_rows_only)
    finally:
        database.close()
    if as_json:
        print_json({"roles": [roles.WRITER, roles.READER]})
        return
    say(f"{roles.WRITER} and {roles.READER} are ready. Make people members: grant {roles.WRITER} to alice")


@db.command("backup")
def db_backup(
    file: Annotated[Path, typer.Argument(help="Where to write it.")],
    replace: Annotated[bool, typer.Option("--replace", help="Write over a file that is there.")] = False,
    as_json: Json = False,
) -> None:
    """Write the whole record to one file.

    As it is at this moment, while runs go on: its rows, in PostgreSQL's own custom format. ntrader db restore puts them
    on any server that the workbench works with, and nothing else of the database is in the file.
    """
    from workbench.storage import Database
    from workbench.storage.upkeep import backup

    database = Database(settings.read())
    try:
        done = backup.back_up(database, file, replace=replace)
    finally:
        database.close()
    if as_json:
        print_json({"file": done.file, "runs": done.runs, "bytes": done.size})
    else:
        say(f"Wrote {done.file}: {done.runs:,} runs, {done.size / 1e6:,.1f} MB.")


@db.command("restore")
def db_restore(
    file: Annotated[Path, typer.Argument(help="What ntrader db backup wrote, of this version or an older one.")],
    replace: Annotated[bool, typer.Option("--replace", help="Let the runs go that are there.")] = False,
    as_json: Json = False,
) -> None:
    """Put a backup in the place of the record.

    All of it or nothing, and where there are runs only with --replace. Nothing in the file is executed, and one with
    more than a record in it is refused. But records hold code, which reproduce runs: take files only from people whose
    code you would run.
    """
    from workbench.storage import Database
    from workbench.storage.upkeep import backup

    database = Database(settings.read())
    try:
        runs = backup.restore(database, file, replace=replace)
    finally:
        database.close()
    if as_json:
        print_json({"file": file, "runs": runs})
    else:
        say(f"Restored {runs:,} runs from {file}.")


@db.command("check")
def db_check(as_json: Json = False) -> None:
    """Look through the whole record for damage.

    Rules, references, digests and results are checked, and metrics worked out again. Prints a line for each thing
    that is wrong, and exits with 1 if there is any. Nothing is changed.
    """
    from workbench.display.progress import bar
    from workbench.storage import Database
    from workbench.storage.upkeep.check import Checkup

    database = Database(settings.read())
    checkup, wrong = Checkup(database), []
    try:
        with bar("", "Checking", unit="runs") as show:
            for finding in checkup.findings(show):
                wrong.append(finding)
                if not as_json:
                    say(str(finding))
    finally:
        database.close()
    if as_json:
        problems = [{"subject": discrepancy.subject, "problem": discrepancy.problem} for discrepancy in wrong]
        print_json({"runs": checkup.runs, "remeasured": checkup.remeasured, "findings": problems})
    else:
        verdict = "nothing is wrong" if not wrong else f"{len(wrong):,} things are wrong"
        say(f"Checked {checkup.runs:,} runs, measured {checkup.remeasured:,} of them again: {verdict}.")
    if wrong:
        raise typer.Exit(1)
