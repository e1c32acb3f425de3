"""Tokens that are good for one call and were used."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0004"
down_revision = "0003"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Add the table, and the index by which it is emptied."""
    op.create_table(
        "spent_tokens",
        sa.Column("token", sa.Text, primary_key=True),
        sa.Column("expires_at", sa.BigInteger, nullable=False),
    )
    op.create_index("ix_spent_tokens_expires_at", "spent_tokens", ["expires_at"])
