"""What is stored once, under the digest of its content, however many runs share it."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, Any
from uuid import UUID

from sqlalchemy import Connection, Text, bindparam, cast, select
from sqlalchemy.dialects.postgresql import JSON, insert

from workbench.config import canonical, sha256
from workbench.provenance import SourceFile
from workbench.storage.schema.config_split import split
from workbench.storage.schema.tables import (
    backtest_runs,
    config_bases,
    config_sources,
    environments,
    market_data,
    run_configs,
    source_files,
)

if TYPE_CHECKING:
    import psycopg

# built once: half the cost of a small insert is building it
_NEW_BASE = (
    insert(config_bases)
    .on_conflict_do_nothing()
    # not by RETURNING: who may see no configuration but their own may still share one
    .execution_options(preserve_rowcount=True)
)
_NEW_CONFIG = (
    insert(run_configs)
    .values(
        config_sha256=bindparam("sha256"), base_sha256=bindparam("base"), own=cast(bindparam("text", type_=Text), JSON)
    )
    .on_conflict_do_nothing()
)
_NEW_SOURCES = insert(source_files).on_conflict_do_nothing()
_CONFIG_SOURCES = insert(config_sources)
_NEW_ENVIRONMENT = (
    insert(environments)
    .values(environment_sha256=bindparam("sha256"), environment=cast(bindparam("text", type_=Text), JSON))
    .on_conflict_do_nothing()
)
_NEW_DATA = insert(market_data).on_conflict_do_nothing()

_ENVIRONMENT = (
    "select environment from environments join backtest_runs using (environment_sha256) where run_id = %(run_id)s"
)


def write_config(connection: Connection, sha: str, text: str, sources: Sequence[SourceFile]) -> None:
    """Configuration and sources, of both what is not there already."""
    parts, own = split(text)
    base = bytes.fromhex(sha256(canonical(parts)))
    new = connection.execute(_NEW_BASE, {"base_sha256": base, "parts": parts}).rowcount
    connection.execute(_NEW_CONFIG, {"sha256": bytes.fromhex(sha), "base": base, "text": own})
    if not new or not sources:
        return
    files = [{"source_sha256": bytes.fromhex(file.sha256), "source": clean(file.text)} for file in sources]
    connection.execute(_NEW_SOURCES, files)
    connection.execute(
        _CONFIG_SOURCES,
        [{"base_sha256": base, "module": file.module, "source_sha256": bytes.fromhex(file.sha256)} for file in sources],
    )


def write_months(connection: Connection, months: Mapping[str, Sequence[Any]]) -> None:
    """What fingerprints of market data were made of: fingerprint → (month, rows, digest) …"""
    rows = [
        {"data_sha256": bytes.fromhex(data), "months": [list(month) for month in of]} for data, of in months.items()
    ]
    if rows:
        connection.execute(_NEW_DATA, rows)


def write_environment(connection: Connection, environment: Mapping[str, Any]) -> bytes:
    """Versions, commit and notebook. Returns what to refer to them by."""
    text = clean(canonical(environment))
    digest = bytes.fromhex(sha256(text))
    connection.execute(_NEW_ENVIRONMENT, {"sha256": digest, "text": text})
    return digest


def read_sources(connection: Connection, run_id: UUID) -> tuple[SourceFile, ...]:
    """The recorded modules of a run's strategies, sorted by name; empty where none could be read."""
    query = (
        select(config_sources.c.module, source_files.c.source, source_files.c.source_sha256)
        .join(source_files, source_files.c.source_sha256 == config_sources.c.source_sha256)
        .join(run_configs, run_configs.c.base_sha256 == config_sources.c.base_sha256)
        .join(backtest_runs, backtest_runs.c.config_sha256 == run_configs.c.config_sha256)
        .where(backtest_runs.c.run_id == run_id)
        .order_by(config_sources.c.module)
    )
    rows = connection.execute(query).all()
    return tuple(SourceFile(module=row[0], text=row[1], sha256=row[2].hex()) for row in rows)


def read_months(connection: Connection, fingerprints: Sequence[str]) -> dict[str, tuple[tuple[str, int, str], ...]]:
    """The months of those fingerprints that have them recorded."""
    # data that nobody knows have no digest
    digests = [bytes.fromhex(fingerprint) for fingerprint in fingerprints if not fingerprint.startswith("unknown")]
    rows = connection.execute(select(market_data).where(market_data.c.data_sha256.in_(digests))).all()
    return {row.data_sha256.hex(): tuple((name, count, digest) for name, count, digest in row.months) for row in rows}


def read_environment(connection: psycopg.Connection[Any], run_id: UUID) -> dict[str, Any]:
    """Versions, commit and notebook of a run, in one round trip; empty where none was recorded."""
    row = connection.execute(_ENVIRONMENT, {"run_id": run_id}, binary=True).fetchone()
    return {} if row is None else dict(row[0])


def clean(value: str) -> str:
    """Text that PostgreSQL can hold: a NUL or half a character pair is written as its escape, so no record is lost."""
    return value.replace("\x00", "\\x00").encode("utf-8", "backslashreplace").decode("utf-8")
