"""Alembic's way in: the connection of whoever upgrades, or, on the command line, the workbench's own database."""

from alembic import context

from workbench import settings
from workbench.storage import connection_url
from workbench.storage.schema.own_schema import PATH, SCHEMA, schema_of_record
from workbench.storage.schema.tables import REVISION, metadata
from workbench.storage.upkeep import roles


def look_there(connection) -> None:
    """Let names without a schema be the record's: an older one lies elsewhere until 0007 has moved it."""
    place = schema_of_record(connection)
    if place is None and connection.exec_driver_sql(f"select to_regnamespace('{SCHEMA}') is null").scalar():
        connection.exec_driver_sql(f"create schema {SCHEMA}")
    quoted = connection.dialect.identifier_preparer.quote(place or SCHEMA)
    connection.exec_driver_sql(f"set local search_path = {quoted}, pg_temp")


def upgrade(connection) -> None:
    look_there(connection)
    has_runs = connection.exec_driver_sql("select to_regclass('backtest_runs') is not null").scalar()
    runs = connection.exec_driver_sql("select count(*) from backtest_runs").scalar() if has_runs else 0

    def keep_the_runs(*, step, **_) -> None:
        """Inside the step's transaction, which this ends."""
        if runs and not step.is_upgrade and not step.destination_revisions:
            raise RuntimeError(f"a downgrade to nothing would lose {runs:,} runs. First: ntrader db backup FILE")

    context.configure(connection=connection, target_metadata=metadata, on_version_apply=keep_the_runs)
    with context.begin_transaction():
        context.run_migrations()
        # only at the newest schema are the tables that the rights are given on
        newest = context.get_context().get_current_revision() == REVISION
        if newest and context.config.attributes.get("rights", True):
            roles.renew(connection)


given = context.config.attributes.get("connection")
if context.is_offline_mode():
    context.configure(dialect_name="postgresql", target_metadata=metadata, literal_binds=True)
    with context.begin_transaction():
        context.execute(f"create schema if not exists {SCHEMA}")
        context.execute(PATH)
        context.run_migrations()
elif given is not None:
    upgrade(given)
else:
    from sqlalchemy import create_engine

    with create_engine(connection_url(settings.read())).connect() as connection:
        upgrade(connection)
        connection.commit()
