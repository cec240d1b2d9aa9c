"""The record in PostgreSQL. The only room with SQL."""

from workbench.storage.database import Database, connection_url
from workbench.storage.duplicates import list_duplicates
from workbench.storage.query import Query, list_runs, overview, pages, query
from workbench.storage.records import Finish, Records, Start, Ticket

__all__ = [
    "Database",
    "Finish",
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
