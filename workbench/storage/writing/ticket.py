"""A run under way, as others see it: the lock that its process holds for as long as it lives."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Self
from uuid import UUID

from sqlalchemy import Connection, text
from sqlalchemy.exc import DBAPIError

if TYPE_CHECKING:
    from workbench.storage.writing.messages import Start


@dataclass(slots=True)
class Ticket:
    """A run under way. Its connection holds an advisory lock, which is how others know that the run is alive."""

    start: Start
    connection: Connection | None = field(repr=False)

    @property
    def run_id(self) -> UUID:
        """The run's id."""
        return self.start.record.run_id

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    def close(self) -> None:
        """Give lock and connection back. Does nothing the second time."""
        if self.connection is None:
            return
        connection, self.connection = self.connection, None
        try:
            if not connection.invalidated:
                connection.rollback()
                alone = connection.execution_options(isolation_level="AUTOCOMMIT")
                alone.execute(text("select pg_advisory_unlock(run_lock_key(:run_id))"), {"run_id": self.run_id})
        except DBAPIError:
            connection.invalidate()  # the lock went with the connection
        finally:
            connection.close()
