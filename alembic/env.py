"""Alembic's way in: the connection of whoever upgrades, or, on the command line, the workbench's own database."""

from alembic import context

from workbench import settings
from workbench.storage import connection_url
from workbench.storage.tables import metadata


def upgrade(connection) -> None:
    context.configure(connection=connection, target_metadata=metadata)
    with context.begin_transaction():
        context.run_migrations()


given = context.config.attributes.get("connection")
if context.is_offline_mode():
    context.configure(dialect_name="postgresql", target_metadata=metadata, literal_binds=True)
    with context.begin_transaction():
        context.run_migrations()
elif given is not None:
    upgrade(given)
else:
    from sqlalchemy import create_engine

    with create_engine(connection_url(settings.read())).connect() as connection:
        upgrade(connection)
        connection.commit()
