"""The record in PostgreSQL. The only room with SQL."""

from workbench.storage.database import Database, connection_url
from workbench.storage.duplicates import list_duplicates
from workbench.storage.keeper import Keeper
from workbench.storage.query import Query, list_runs, overview, pages, query
from workbench.storage.records import Records, Ticket
from workbench.storage.waiting import Finish, Start

__all__ = [
    "Database",
    "Finish",
    "Keeper",
    "Query",
    "Records",
    "Start",
    "Ticket",
    "connection_url",
    "list_duplicates",
    "list_runs",
    "overview",
    "pages",
    "query",
]
