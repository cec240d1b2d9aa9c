"""``ntrader``: the verbs in a terminal."""

from workbench.cli.data import data
from workbench.cli.db import db
from workbench.cli.lists import best, history
from workbench.cli.reproduce import diff, reproduce
from workbench.cli.runs import app

app.add_typer(data, name="data")
app.add_typer(db, name="db")


def main() -> None:
    """Run the command line."""
    app(prog_name="ntrader")


__all__ = ["app", "best", "diff", "history", "main", "reproduce"]
