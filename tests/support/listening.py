"""A workbench whose messages a test reads."""

from __future__ import annotations

from workbench import Workbench
from workbench.settings import Settings


class Listening(Workbench):
    """Keeps what a user would be told in `said`, the oldest first."""

    def __init__(self, settings: Settings) -> None:
        super().__init__(settings)
        self.said: list[str] = []
        self.tell = self.said.append
