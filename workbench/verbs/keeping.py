"""The verbs that keep the saved runs: label, delete, where they are."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import TypedDict

from workbench.checks import flag
from workbench.config import check_label, check_tags
from workbench.config.labels import LONGEST_NOTE
from workbench.errors import Call, DatabaseUnavailable, InvalidInput
from workbench.verbs.run import Run
from workbench.verbs.session import Session

HURRY = 2.0
"""Seconds that `status` waits for the server: it tells how the record is, also when that is not well."""


class RecordStatus(TypedDict):
    """Where runs are saved and how many there are."""

    home: str
    database: str
    schema: str | None
    server: str | None
    runs: dict[str, int]
    waiting: int
    waiting_elsewhere: dict[str, int]
    refused: int


@dataclass(frozen=True, slots=True)
class KeepVerbs:
    """Saved runs, beside what they are."""

    session: Session

    def tag(self, run_id: str | Run, add: str | Sequence[str] = (), *, remove: str | Sequence[str] = ()) -> Run:
        """Put tags on a run, or take some off; who did it and when stands in `details`.

        Args:
            run_id: an id, a unique start of one, or a `Run`.
            add: a tag or several; one that is there already stays.
            remove: a tag or several.

        Returns:
            The `Run`, with the tags it has now.

        Raises:
            RunNotFound: no run, or more than one, starts like this.
            InvalidInput: no tag was given, or one to remove is not there.
        """
        new, old = check_tags("add", add), check_tags("remove", remove)
        if not new and not old:
            put = Call("tag", ("ID", "ema"), python="wb.tag(run, 'ema')")
            take = Call("tag", ("ID",), (("remove", "ema"),), python="wb.tag(run, remove='ema')")
            raise InvalidInput("no tag was given. Type ", put, " or ", take, ".")
        if both := sorted({*new} & {*old}):
            raise InvalidInput(f"tag {both[0]!r} is to be added and removed. Leave one out.")
        run = self.session.get(run_id)
        self.session.records.label(run.record.run_id, add=new, remove=old)
        return self.session.get(run)

    def note(self, run_id: str | Run, text: str, *, name: str | None = None) -> Run:
        """Write a note beside a run; who wrote it and when stands in `details`. Notes are never changed.

        Args:
            run_id: an id, a unique start of one, or a `Run`.
            text: the note.
            name: what to call the run from now on, in place of the name it has.

        Returns:
            The `Run`.

        Raises:
            RunNotFound: no run, or more than one, starts like this.
            InvalidInput: the text is none, empty, or too long.
        """
        called = None if name is None else check_label("name", name)
        note = check_label("note", text, LONGEST_NOTE)
        run = self.session.get(run_id)
        self.session.records.label(run.record.run_id, name=called, note=note)
        return self.session.get(run)

    def delete(self, run_id: str | Run, *, force: bool = False) -> None:
        """Remove a run and all that belongs to it. This cannot be undone.

        Args:
            run_id: an id, a unique start of one, or a `Run`.
            force: delete it even while it runs; whoever runs it gets `RunDeleted`, with the result.

        Raises:
            RunNotFound: no run, or more than one, starts like this.
            RunUnderWay: it is running; the message says who started it, and when.
        """
        records, forced = self.session.records, flag("force", force)
        records.delete(run_id.record.run_id if isinstance(run_id, Run) else records.find(run_id), force=forced)

    def status(self) -> RecordStatus:
        """Where runs are saved and how many there are: home, database, schema, server version, runs by status.

        `waiting` counts the runs that wait on disk for this database, `waiting_elsewhere` those for other ones or other
        logins, `refused` the files there that could not be read. Where the database is away now or does not answer
        within two seconds, ``database`` says why and the rest of it is empty.
        """
        from workbench.storage import Database, overview

        outbox = self.session.records.outbox
        database = Database(self.session.where, hurry=HURRY)
        try:
            known = overview(database)
            self.session.database.engine()  # which stores what waits
        except DatabaseUnavailable as away:
            known = {"database": str(away), "schema": None, "server": None, "runs": {}}
        finally:
            database.close()
        return RecordStatus(
            home=str(self.session.where.home),
            database=known["database"],
            schema=known["schema"],
            server=known["server"],
            runs=known["runs"],
            waiting=len(outbox.waiting()),
            waiting_elsewhere=outbox.elsewhere(),
            refused=len(outbox.refused()),
        )
