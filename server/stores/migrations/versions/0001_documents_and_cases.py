"""Documents with versions, chunks and embeddings; revisions; review cases."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0001"
down_revision = None
branch_labels = None
depends_on = None

_Identity = sa.BigInteger().with_variant(sa.Integer(), "sqlite")


def upgrade() -> None:
    """Create the tables."""
    op.create_table(
        "documents",
        sa.Column("document_pk", _Identity, primary_key=True),
        sa.Column("tenant", sa.Text, nullable=False),
        sa.Column("collection", sa.Text, nullable=False),
        sa.Column("document_id", sa.Text, nullable=False),
        sa.Column("last_version", sa.Integer, nullable=False),
        sa.UniqueConstraint("tenant", "collection", "document_id", name="uq_documents_tenant"),
        sqlite_autoincrement=True,
    )
    op.create_table(
        "versions",
        sa.Column("version_id", _Identity, primary_key=True),
        sa.Column(
            "document_pk",
            _Identity,
            sa.ForeignKey("documents.document_pk", name="fk_versions_document_pk"),
            nullable=False,
        ),
        sa.Column("version", sa.Integer, nullable=False),
        sa.Column("type", sa.Text, nullable=False),
        sa.Column("content_hash", sa.Text, nullable=False),
        sa.Column("attributes", sa.Text, nullable=False),
        sa.Column("chunker", sa.Text, nullable=False),
        sa.Column("fingerprint", sa.Text, nullable=False),
        sa.Column("characters", sa.Integer, nullable=False),
        sa.Column("chunk_count", sa.Integer, nullable=False),
        sa.Column("warnings", sa.Text, nullable=False),
        sa.Column("stored_at", sa.BigInteger, nullable=False),
        sa.Column("superseded_at", sa.BigInteger),
        sa.Column("content", sa.LargeBinary, nullable=False),
        sa.Column("text", sa.Text, nullable=False),
        sa.UniqueConstraint("document_pk", "version", name="uq_versions_document_pk"),
        sqlite_autoincrement=True,
    )
    current = sa.text("superseded_at IS NULL")
    op.create_index(
        "ix_versions_current", "versions", ["document_pk"], unique=True, sqlite_where=current, postgresql_where=current
    )
    op.create_table(
        "chunks",
        sa.Column("chunk_id", _Identity, primary_key=True, autoincrement=False),
        sa.Column(
            "version_id", _Identity, sa.ForeignKey("versions.version_id", name="fk_chunks_version_id"), nullable=False
        ),
        sa.Column("ordinal", sa.Integer, nullable=False),
        sa.Column("span_start", sa.Integer, nullable=False),
        sa.Column("span_end", sa.Integer, nullable=False),
        sa.Column("start_byte", sa.Integer, nullable=False),
        sa.Column("text", sa.Text, nullable=False),
        sa.Column("kind", sa.Text, nullable=False),
        sa.Column("heading_path", sa.Text, nullable=False),
        sa.Column("context_prefix", sa.Text, nullable=False),
        sa.Column("tokens", sa.Integer, nullable=False),
        sa.Column("page", sa.Integer),
        sa.Column("first_line", sa.Integer, nullable=False),
        sa.Column("last_line", sa.Integer, nullable=False),
    )
    op.create_index("ix_chunks_version_id", "chunks", ["version_id"])
    op.create_table(
        "embeddings",
        sa.Column(
            "chunk_id",
            _Identity,
            sa.ForeignKey("chunks.chunk_id", name="fk_embeddings_chunk_id"),
            primary_key=True,
            autoincrement=False,
        ),
        sa.Column("embedder", sa.Text, nullable=False),
        sa.Column("vector", sa.LargeBinary, nullable=False),
    )
    op.create_table(
        "revisions",
        sa.Column("tenant", sa.Text, primary_key=True),
        sa.Column("revision", sa.BigInteger, primary_key=True, autoincrement=False),
        sa.Column("stamp", sa.Text, nullable=False),
        sa.Column("committed_at", sa.BigInteger, nullable=False),
    )
    op.create_table(
        "cases",
        sa.Column("case_id", sa.Text, primary_key=True),
        sa.Column("tenant", sa.Text, nullable=False),
        sa.Column("state", sa.Text, nullable=False),
        sa.Column("decision", sa.Text, nullable=False),
        sa.Column("reasons", sa.Text, nullable=False),
        sa.Column("created_at", sa.BigInteger, nullable=False),
        sa.Column("body", sa.Text, nullable=False),
    )
    op.create_index("ix_cases_newest", "cases", ["tenant", "state", "created_at", "case_id"])
