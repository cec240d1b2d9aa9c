"""The record in PostgreSQL. The only room with SQL."""

from workbench.storage.database import Database, connection_url
from workbench.storage.duplicates import list_duplicates, list_like
from workbench.storage.listing import list_runs, pages
from workbench.storage.query import MOST, Query, overview, place_of, query
from workbench.storage.records import Records, Ticket
from workbench.storage.safe_records import SafeRecords
from workbench.storage.waiting import Finish, Start

__all__ = [
    "MOST",
    "Database",
    "Finish",
    "Query",
    "Records",
    "SafeRecords",
    "Start",
    "Ticket",
    "connection_url",
    "list_duplicates",
    "list_like",
    "list_runs",
    "overview",
    "pages",
    "place_of",
    "query",
]
