"""The tables of the record. Every rule that must always hold stands here, in the database, with a name."""

from __future__ import annotations

from typing import Any

from sqlalchemy import (
    DDL,
    BigInteger,
    Boolean,
    CheckConstraint,
    Column,
    DateTime,
    Double,
    ForeignKey,
    Identity,
    Index,
    Integer,
    LargeBinary,
    MetaData,
    Numeric,
    Table,
    Text,
    Uuid,
    event,
    func,
    text,
)
from sqlalchemy.dialects.postgresql import ARRAY, JSON, JSONB

from workbench.metrics import standard
from workbench.storage.schema.config_split import CONFIG_TEXT
from workbench.storage.schema.metric_columns import metric_columns, metric_rules
from workbench.storage.schema.param_index import FUNCTIONS
from workbench.storage.schema.rules import rules

REVISION = "0008"
"""The migration these tables are equal to."""

metadata = MetaData(
    naming_convention={
        "pk": "%(table_name)s_pkey",
        "fk": "%(table_name)s_%(column_0_name)s_fkey",
        "uq": "%(table_name)s_%(column_0_name)s_key",
        "ck": "%(table_name)s_%(constraint_name)s",
        "ix": "%(table_name)s_%(column_0_N_name)s_idx",
    }
)

Time = DateTime(timezone=True)

# what configurations of one search have in common, as pieces of their text; between them stands what is each one's own
config_bases = Table(
    "config_bases",
    metadata,
    Column("base_sha256", LargeBinary, primary_key=True),
    Column("parts", ARRAY(Text), nullable=False),
    CheckConstraint("octet_length(base_sha256) = 32", name="sha256_is_32_bytes"),
)

# Configurations stand apart from runs, once each: inline they would make the heap larger that every scan reads.
# json, not jsonb: config_text(parts, own) stays byte for byte what its digest was made of.
run_configs = Table(
    "run_configs",
    metadata,
    Column("config_sha256", LargeBinary, primary_key=True),
    Column("base_sha256", ForeignKey("config_bases.base_sha256"), nullable=False, index=True),
    Column("own", JSON, nullable=False),
    CheckConstraint("octet_length(config_sha256) = 32", name="sha256_is_32_bytes"),
    CheckConstraint("json_typeof(own) = 'array'", name="own_is_an_array"),
)

config_text = func.config_text(config_bases.c.parts, run_configs.c.own, type_=Text)
"""A configuration as it was written, where both its parts are joined."""

source_files = Table(
    "source_files",
    metadata,
    Column("source_sha256", LargeBinary, primary_key=True),
    Column("source", Text, nullable=False),
    CheckConstraint("octet_length(source_sha256) = 32", name="sha256_is_32_bytes"),
)

config_sources = Table(
    "config_sources",
    metadata,
    Column("base_sha256", ForeignKey("config_bases.base_sha256", ondelete="CASCADE"), primary_key=True),
    Column("module", Text, primary_key=True),
    Column("source_sha256", ForeignKey("source_files.source_sha256"), nullable=False, index=True),
)

# versions, commit and notebook of a run: the same for thousands of runs, so stored once each
environments = Table(
    "environments",
    metadata,
    Column("environment_sha256", LargeBinary, primary_key=True),
    Column("environment", JSON, nullable=False),
    CheckConstraint("octet_length(environment_sha256) = 32", name="sha256_is_32_bytes"),
)

# what a fingerprint of market data was made of, so that a difference can be located: month, rows and digest
market_data = Table(
    "market_data",
    metadata,
    Column("data_sha256", LargeBinary, primary_key=True),
    Column("months", JSON, nullable=False),
    CheckConstraint("octet_length(data_sha256) = 32", name="sha256_is_32_bytes"),
)

# what several runs belong to: a sweep, a walk-forward, a paper session
run_groups = Table(
    "run_groups",
    metadata,
    Column("group_id", Uuid, primary_key=True),
    Column("kind", Text, nullable=False),
    Column("name", Text),
    Column("written_at", Time, nullable=False, server_default=func.now()),
    Column("written_by", Text, nullable=False, server_default=text("session_user")),
    CheckConstraint("kind <> ''", name="kind_is_not_empty"),
)

backtest_runs = Table(
    "backtest_runs",
    metadata,
    Column("run_id", Uuid, primary_key=True),
    Column("started_at", Time, nullable=False),
    Column("finished_at", Time),
    Column("period_start", Time, nullable=False),
    Column("period_end", Time, nullable=False),
    Column("duration", Double),
    Column("status", Text, nullable=False, server_default="running"),
    Column("strategy_key", Text, nullable=False),
    Column("strategy_name", Text, nullable=False),
    Column("strategy_type", Text, nullable=False),
    Column("strategy_path", Text, nullable=False),
    Column("instrument_id", Text, nullable=False),
    Column("bar", Text, nullable=False),
    Column("initial_capital", Numeric, nullable=False),
    Column("currency", Text, nullable=False),
    Column("data_source", Text, nullable=False),
    # what a run is, in three parts: how it was set up, the strategy's code, and the bars it saw
    Column("setup_sha256", LargeBinary, nullable=False),
    Column("code_sha256", LargeBinary, nullable=False),
    Column("data_sha256", LargeBinary, nullable=False),
    Column("config_sha256", ForeignKey("run_configs.config_sha256"), nullable=False),
    Column("params", JSONB, nullable=False),
    Column("warnings", JSONB, nullable=False, server_default=text("'[]'::jsonb")),
    Column("error_message", Text),
    Column("error_trace", Text),
    # the id stays when the original is deleted: a re-run says what it was of
    Column("rerun_of", Uuid),
    Column("result_sha256", LargeBinary),
    Column("environment_sha256", ForeignKey("environments.environment_sha256")),
    # the login of whoever recorded it, by the database's own word; null in runs from before it was asked
    Column("recorded_by", Text, server_default=text("session_user")),
    Column("group_id", ForeignKey("run_groups.group_id")),
    CheckConstraint("status in ('running', 'completed', 'failed', 'interrupted')", name="status_is_known"),
    CheckConstraint("data_source in ('catalog', 'csv', 'ibkr', 'mock')", name="data_source_is_known"),
    CheckConstraint("period_end >= period_start", name="period_ends_after_start"),
    # 'NaN' sorts above 'Infinity', so this refuses both
    CheckConstraint("initial_capital > 0 and initial_capital < 'Infinity'", name="initial_capital_is_positive"),
    CheckConstraint("duration >= 0 and duration < 'Infinity'", name="duration_is_not_negative"),
    CheckConstraint("(status = 'running') = (finished_at is null)", name="finished_at_when_finished"),
    CheckConstraint("(status = 'failed') = (error_message is not null)", name="error_when_failed"),
    *(
        CheckConstraint(f"octet_length({column}) = 32", name=f"{column}_is_32_bytes")
        for column in ("setup_sha256", "code_sha256", "data_sha256", "result_sha256")
    ),
    CheckConstraint("rerun_of <> run_id", name="rerun_of_another"),
    CheckConstraint("jsonb_typeof(params) = 'object'", name="params_are_an_object"),
    CheckConstraint("jsonb_typeof(warnings) = 'array'", name="warnings_are_an_array"),
)

# ascending, and read backwards: where new ones come last, pages are filled; where they come first, halved
Index("backtest_runs_newest_idx", backtest_runs.c.started_at, backtest_runs.c.run_id)
Index(
    "backtest_runs_strategy_newest_idx",
    backtest_runs.c.strategy_key,
    backtest_runs.c.started_at,
    backtest_runs.c.run_id,
)
Index(
    "backtest_runs_instrument_newest_idx",
    backtest_runs.c.instrument_id,
    backtest_runs.c.started_at,
    backtest_runs.c.run_id,
    # for the part before the dot, whatever the language of the database
    postgresql_ops={"instrument_id": "text_pattern_ops"},
)
# what few runs have is found by these; what many have, by any order
for _name, _columns in {
    "strategy": ("strategy_key", "strategy_type", "instrument_id", "status"),
    "strategy_path": ("strategy_path",),
    "strategy_type": ("strategy_type", "instrument_id", "status"),
    "instrument": ("instrument_id", "status"),
    "status": ("status",),
}.items():
    Index(
        f"backtest_runs_{_name}_idx",
        *(backtest_runs.c[_column] for _column in _columns),
        postgresql_ops={"instrument_id": "text_pattern_ops"} if "instrument_id" in _columns else {},
    )
# digests are asked for one at a time, and a hash of one is a quarter of its size
for _column in (backtest_runs.c.setup_sha256, backtest_runs.c.config_sha256):
    Index(f"backtest_runs_{_column.key}_idx", _column, postgresql_using="hash")
Index(
    "backtest_runs_group_idx",
    *(backtest_runs.c[_column] for _column in ("group_id", "started_at", "run_id")),
    postgresql_where=text("group_id is not null"),
)
Index("backtest_runs_rerun_of_idx", backtest_runs.c.rerun_of, postgresql_where=text("rerun_of is not null"))
# fastupdate off: a search after many inserts would read the list of those that wait to be sorted in
Index(
    "backtest_runs_param_marks_idx",
    text("param_marks(params)"),
    postgresql_using="gin",
    postgresql_with={"fastupdate": "off"},
    _table=backtest_runs,
)
Index("backtest_runs_running_idx", backtest_runs.c.run_id, postgresql_where=text("status = 'running'"))


def _run_id() -> Column[Any]:
    """One row per run, gone with it."""
    return Column("run_id", ForeignKey("backtest_runs.run_id", ondelete="CASCADE"), primary_key=True)


LATER = ("periods_per_year",)
"""Metrics that a migration added, behind the columns that were there."""

performance_metrics = Table(
    "performance_metrics",
    metadata,
    _run_id(),
    # repeated from the run by a trigger: an order by one table under a filter on another has no index
    Column("strategy_key", Text, nullable=False),
    Column("strategy_type", Text, nullable=False),
    Column("instrument_id", Text, nullable=False),
    Column("started_at", Time, nullable=False),
    *metric_columns([spec for spec in standard() if spec.name not in LATER]),
    Column("formulas_version", Integer, nullable=False),
    Column("custom", JSONB, nullable=False, server_default=text("'{}'::jsonb")),
    Column("undefined", JSONB, nullable=False, server_default=text("'{}'::jsonb")),
    *metric_columns([spec for spec in standard() if spec.name in LATER], later=True),
    # whether the results agree with what the engine's accounts and positions said; null where nobody asked
    Column("reconciled", Boolean),
    *(CheckConstraint(rule, name=name) for name, rule in metric_rules()),
    CheckConstraint(
        "least(winning_trades, losing_trades, break_even_trades) >= 0 "
        "and total_trades = winning_trades + losing_trades + break_even_trades",
        name="trades_add_up",
    ),
)

for _metric in (spec for spec in standard() if spec.ranked):
    _order = (performance_metrics.c[_metric.name].desc().nulls_last(), performance_metrics.c.run_id.desc())
    Index(f"performance_metrics_{_metric.name}_idx", *_order)
    if _metric.by_strategy:
        Index(f"performance_metrics_strategy_{_metric.name}_idx", performance_metrics.c.strategy_key, *_order)

# a user's own metrics are found by their names; most runs have none
Index(
    "performance_metrics_custom_idx",
    performance_metrics.c.custom,
    postgresql_using="gin",
    postgresql_with={"fastupdate": "off"},
    postgresql_where=text("custom <> '{}'::jsonb"),
)

# the second and further strategies and instruments of a run; the first stand in the run itself
run_parts = Table(
    "run_parts",
    metadata,
    Column("run_id", ForeignKey("backtest_runs.run_id", ondelete="CASCADE"), primary_key=True),
    Column("kind", Text, primary_key=True),
    Column("number", Integer, primary_key=True),
    Column("key", Text, nullable=False),
    Column("path", Text),
    Column("type", Text),
    CheckConstraint("kind in ('strategy', 'instrument')", name="kind_is_known"),
)
for _name in ("key", "path", "type"):
    Index(f"run_parts_{_name}_idx", run_parts.c[_name])

# name and tags of a run as they are now, of those that have any
run_labels = Table(
    "run_labels",
    metadata,
    _run_id(),
    Column("name", Text),
    Column("tags", ARRAY(Text), nullable=False, server_default=text("'{}'::text[]")),
    CheckConstraint("name <> ''", name="name_is_not_empty"),
)
Index("run_labels_name_idx", run_labels.c.name)
Index("run_labels_tags_idx", run_labels.c.tags, postgresql_using="gin")

# who said what of a run, and when: every change of its labels, and every note
run_remarks = Table(
    "run_remarks",
    metadata,
    Column("remark_id", BigInteger, Identity(), primary_key=True),
    Column("run_id", ForeignKey("backtest_runs.run_id", ondelete="CASCADE"), nullable=False, index=True),
    Column("kind", Text, nullable=False),
    Column("value", Text, nullable=False),
    Column("written_at", Time, nullable=False, server_default=func.now()),
    Column("written_by", Text, nullable=False, server_default=text("session_user")),
    CheckConstraint("kind in ('name', 'tag', 'untag', 'note')", name="kind_is_known"),
)

SORTABLE = tuple(spec.name for spec in standard() if spec.by_strategy)
"""Metrics that have an index for each strategy, besides the one that every ranked metric has."""

# Arrow files, compressed by Arrow: apart from the record, read only when asked for
run_results = Table(
    "run_results",
    metadata,
    _run_id(),
    Column("bars", BigInteger, nullable=False),
    Column("equity", LargeBinary, nullable=False),
    Column("trades", LargeBinary, nullable=False),
    Column("fills", LargeBinary, nullable=False),
    # what the engine's accounts and positions said, to set the results against; null in runs from before it was asked
    Column("statement", JSONB(none_as_null=True)),
    CheckConstraint("bars >= 0", name="bars_not_negative"),
    CheckConstraint("jsonb_typeof(statement) = 'object'", name="statement_is_an_object"),
)

# before the tables: an index is made with them
for _function in (*FUNCTIONS, CONFIG_TEXT):
    event.listen(metadata, "before_create", DDL(_function))  # type: ignore[no-untyped-call]

RULES = rules(metadata.tables)
"""What SQLAlchemy has no words for: storage, functions and triggers."""

for _rule in RULES:
    event.listen(metadata, "after_create", DDL(_rule.replace("%", "%%")))  # type: ignore[no-untyped-call]
