"""When each document was first stored, indexes for queries about the past, and how far feeds have been applied."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0003"
down_revision = "0002"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Add the column, the indexes and the table."""
    op.add_column("documents", sa.Column("first_stored_at", sa.BigInteger, nullable=False, server_default="0"))
    op.execute(
        "UPDATE documents SET first_stored_at = coalesce("
        "(SELECT min(stored_at) FROM versions WHERE versions.document_pk = documents.document_pk), 0)"
    )
    op.create_index("ix_versions_stored_at", "versions", ["stored_at"])
    op.create_index("ix_versions_superseded_at", "versions", ["superseded_at"])
    op.create_table(
        "feeds",
        sa.Column("tenant", sa.Text, primary_key=True),
        sa.Column("source", sa.Text, primary_key=True),
        sa.Column("sequence", sa.BigInteger, nullable=False),
        sa.Column("applied_at", sa.BigInteger, nullable=False),
    )
