"""Names, tags, notes, groups and further parts of runs, which stand beside the run's own row."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, Any
from uuid import UUID

from sqlalchemy import Connection, bindparam, select
from sqlalchemy.dialects.postgresql import insert

from workbench.errors import InvalidInput, RunNotFound
from workbench.runs import Remark
from workbench.storage.schema.tables import backtest_runs, run_groups, run_labels, run_parts, run_remarks

if TYPE_CHECKING:
    import psycopg

    from workbench.storage.writing.messages import Start

# built once: half the cost of a small insert is building it
_NEW_GROUP = insert(run_groups).on_conflict_do_nothing()
_NEW_PARTS = insert(run_parts).on_conflict_do_nothing()
_REMARK = insert(run_remarks)
# locked, so that nobody deletes it while it is labelled
_THERE = (
    select(backtest_runs.c.run_id)
    .where(backtest_runs.c.run_id == bindparam("wanted"))
    .with_for_update(read=True, key_share=True)
)
_NOW = select(run_labels).where(run_labels.c.run_id == bindparam("wanted")).with_for_update()
_LABEL = insert(run_labels)
_FIRST = _LABEL.on_conflict_do_nothing()
_RELABEL = _LABEL.on_conflict_do_update(
    index_elements=["run_id"], set_={"name": _LABEL.excluded.name, "tags": _LABEL.excluded.tags}
)
_REMARKS = "select kind, value, written_at, written_by from run_remarks where run_id = %(run_id)s order by remark_id"


def write_group(connection: Connection, start: Start) -> None:
    """The group that a run is about to join, if it is not there yet; before the run's own row."""
    if start.group is not None:
        group = start.group
        connection.execute(_NEW_GROUP, {"group_id": group.group_id, "kind": group.kind, "name": group.name})


def write_beside(connection: Connection, start: Start) -> None:
    """What stands beside a new run's row: its further parts, and what it is called."""
    run_id = start.record.run_id
    if start.parts:
        rows = [
            {
                "run_id": run_id,
                "kind": part.kind,
                "number": part.number,
                "key": part.key,
                "path": part.path,
                "type": part.type,
            }
            for part in start.parts
        ]
        connection.execute(_NEW_PARTS, rows)
    labels = start.labels
    if labels:
        change_labels(connection, run_id, name=labels.name, add=labels.tags, note=labels.note)


def change_labels(
    connection: Connection,
    run_id: UUID,
    *,
    name: str | None = None,
    add: Sequence[str] = (),
    remove: Sequence[str] = (),
    note: str | None = None,
) -> None:
    """Call a run something else; each change is remembered with who made it and when.

    Raises:
        RunNotFound: it was deleted meanwhile.
        InvalidInput: a tag to remove is not there.
    """
    if connection.execute(_THERE, {"wanted": run_id}).first() is None:
        raise RunNotFound(str(run_id))
    called, tags = _labels_now(connection, run_id) if add or remove or name is not None else (None, [])
    if missing := [tag for tag in remove if tag not in tags]:
        raise InvalidInput(f"run {str(run_id)[:8]} has no tag {missing[0]!r}. Its tags: {', '.join(tags) or 'none'}.")
    new = [tag for tag in add if tag not in tags]
    remarks = [("name", name)] if name is not None and name != called else []
    remarks += [*(("tag", tag) for tag in new), *(("untag", tag) for tag in remove)]
    if remarks:
        kept = sorted({*tags, *new} - {*remove})
        row: dict[str, Any] = {"run_id": run_id, "name": called if name is None else name, "tags": kept}
        connection.execute(_RELABEL, row)
    remarks += [("note", note)] if note is not None else []
    if remarks:
        connection.execute(_REMARK, [{"run_id": run_id, "kind": kind, "value": value} for kind, value in remarks])


def _labels_now(connection: Connection, run_id: UUID) -> tuple[str | None, list[str]]:
    """Name and tags, locked. A row is made if there is none: what is not there could be written by two at once."""
    connection.execute(_FIRST, {"run_id": run_id, "name": None, "tags": []})
    now = connection.execute(_NOW, {"wanted": run_id}).one()
    return now.name, list(now.tags)


def read_remarks(connection: psycopg.Connection[Any], run_id: UUID) -> list[Remark]:
    """What was said of a run, oldest first; in one round trip, for every look at a run asks for it."""
    return [
        Remark(kind=kind, value=value, written_at=at, written_by=by)
        for kind, value, at, by in connection.execute(_REMARKS, {"run_id": run_id}, binary=True)
    ]
