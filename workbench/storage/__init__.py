"""The record in PostgreSQL. The only room with SQL."""

from workbench.storage.database import Database
from workbench.storage.pool import connection_url
from workbench.storage.queries.duplicates import list_duplicates, list_like
from workbench.storage.queries.listing import list_runs, pages
from workbench.storage.queries.query import MOST, Query, overview, place_of, saved_metrics
from workbench.storage.writing.messages import Finish, Start
from workbench.storage.writing.records import Records
from workbench.storage.writing.safe_records import SafeRecords
from workbench.storage.writing.ticket import Ticket

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
    "saved_metrics",
]
