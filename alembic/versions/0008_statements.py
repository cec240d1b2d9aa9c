"""Beside its results a run keeps what accounts and positions said, whether that agrees, and the periods of its year."""

import sqlalchemy as sa
from alembic import op

revision = "0008"
down_revision = "0007"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.execute("alter table run_results add column statement jsonb")
    op.execute(
        "alter table run_results add constraint run_results_statement_is_an_object "
        "check (jsonb_typeof(statement) = 'object')"
    )
    op.execute("alter table performance_metrics add column periods_per_year integer")
    op.execute("alter table performance_metrics add column reconciled boolean")


def downgrade() -> None:
    kept = op.get_bind().scalar(sa.text("select count(*) from run_results where statement is not null"))
    if kept:
        raise RuntimeError(
            f"a downgrade would lose what accounts and positions said of {kept:,} runs. First: ntrader db backup FILE"
        )
    op.execute("alter table performance_metrics drop column reconciled")
    op.execute("alter table performance_metrics drop column periods_per_year")
    op.execute("alter table run_results drop column statement")
