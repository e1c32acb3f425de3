"""The tables of the records database: one definition for SQLite and PostgreSQL.

    documents --< versions --< chunks --< embeddings
    revisions           one row for each committed batch that changed a tenant's documents
    feeds               how far each feed of changes has been applied
    cases               flagged answers, as JSON documents with the columns that lists filter and sort by
    audit, audit_heads  a hash chain for each tenant, and where it ends; see `server.stores.chain`

Times are integers: microseconds since 1970-01-01 UTC. Structured values are JSON texts, since nothing queries into them.
"""

from __future__ import annotations

import sqlalchemy as sa

metadata = sa.MetaData(
    naming_convention={
        "pk": "pk_%(table_name)s",
        "fk": "fk_%(table_name)s_%(column_0_name)s",
        "uq": "uq_%(table_name)s_%(column_0_name)s",
        "ix": "ix_%(column_0_label)s",
    }
)

# SQLite takes a key for the row number itself only where it is declared INTEGER; PostgreSQL needs BIGINT to count that far.
_Identity = sa.BigInteger().with_variant(sa.Integer(), "sqlite")

documents = sa.Table(
    "documents",
    metadata,
    sa.Column("document_pk", _Identity, primary_key=True),
    sa.Column("tenant", sa.Text, nullable=False),
    sa.Column("collection", sa.Text, nullable=False),
    sa.Column("document_id", sa.Text, nullable=False),
    # The number of the newest version ever stored: it goes on counting when a deleted document comes back.
    sa.Column("last_version", sa.Integer, nullable=False),
    # When its first version was stored, or the first after it was deleted: from then on, what it said at a time is known.
    sa.Column("first_stored_at", sa.BigInteger, nullable=False),
    sa.UniqueConstraint("tenant", "collection", "document_id"),
    sqlite_autoincrement=True,
)

versions = sa.Table(
    "versions",
    metadata,
    sa.Column("version_id", _Identity, primary_key=True),
    sa.Column("document_pk", sa.ForeignKey("documents.document_pk"), nullable=False),
    sa.Column("version", sa.Integer, nullable=False),
    sa.Column("type", sa.Text, nullable=False),
    sa.Column("content_hash", sa.Text, nullable=False),
    sa.Column("attributes", sa.Text, nullable=False),
    sa.Column("chunker", sa.Text, nullable=False),
    # SHA-256 over everything that decides what is stored; an upsert with the same fingerprint changes nothing.
    sa.Column("fingerprint", sa.Text, nullable=False),
    sa.Column("characters", sa.Integer, nullable=False),
    sa.Column("chunk_count", sa.Integer, nullable=False),
    sa.Column("warnings", sa.Text, nullable=False),
    sa.Column("stored_at", sa.BigInteger, nullable=False),
    sa.Column("superseded_at", sa.BigInteger),
    # Last, since SQLite walks through all pages of a long value to reach the columns behind it.
    sa.Column("content", sa.LargeBinary, nullable=False),
    sa.Column("text", sa.Text, nullable=False),
    sa.UniqueConstraint("document_pk", "version"),
    sqlite_autoincrement=True,
)

sa.Index(
    "ix_versions_current",
    versions.c.document_pk,
    unique=True,
    sqlite_where=versions.c.superseded_at.is_(None),
    postgresql_where=versions.c.superseded_at.is_(None),
)

# For queries about the past: what changed since some moment.
sa.Index("ix_versions_stored_at", versions.c.stored_at)
sa.Index("ix_versions_superseded_at", versions.c.superseded_at)

chunks = sa.Table(
    "chunks",
    metadata,
    # `version_id * 2**20 + ordinal`; see `server.stores.chunk_ids`.
    sa.Column("chunk_id", _Identity, primary_key=True, autoincrement=False),
    sa.Column("version_id", sa.ForeignKey("versions.version_id"), nullable=False, index=True),
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

embeddings = sa.Table(
    "embeddings",
    metadata,
    sa.Column("chunk_id", sa.ForeignKey("chunks.chunk_id"), primary_key=True, autoincrement=False),
    sa.Column("embedder", sa.Text, nullable=False),
    # Little-endian float16, one after another.
    sa.Column("vector", sa.LargeBinary, nullable=False),
)

revisions = sa.Table(
    "revisions",
    metadata,
    sa.Column("tenant", sa.Text, primary_key=True),
    sa.Column("revision", sa.BigInteger, primary_key=True, autoincrement=False),
    # Random: tells this history from that of another copy of the database, such as a restored backup.
    sa.Column("stamp", sa.Text, nullable=False),
    sa.Column("committed_at", sa.BigInteger, nullable=False),
)

feeds = sa.Table(
    "feeds",
    metadata,
    sa.Column("tenant", sa.Text, primary_key=True),
    sa.Column("source", sa.Text, primary_key=True),
    # The highest number of a change that is applied; those up to it are never applied again.
    sa.Column("sequence", sa.BigInteger, nullable=False),
    sa.Column("applied_at", sa.BigInteger, nullable=False),
)

cases = sa.Table(
    "cases",
    metadata,
    sa.Column("case_id", sa.Text, primary_key=True),
    sa.Column("tenant", sa.Text, nullable=False),
    sa.Column("state", sa.Text, nullable=False),
    sa.Column("decision", sa.Text, nullable=False),
    sa.Column("reasons", sa.Text, nullable=False),
    sa.Column("created_at", sa.BigInteger, nullable=False),
    sa.Column("body", sa.Text, nullable=False),
)

sa.Index("ix_cases_newest", cases.c.tenant, cases.c.state, cases.c.created_at, cases.c.case_id)

audit = sa.Table(
    "audit",
    metadata,
    sa.Column("tenant", sa.Text, primary_key=True),
    sa.Column("sequence", sa.BigInteger, primary_key=True, autoincrement=False),
    sa.Column("hash", sa.Text, nullable=False),
    sa.Column("header", sa.Text, nullable=False),
    # Both are NULL once the details are erased.
    sa.Column("salt", sa.Text),
    sa.Column("details", sa.Text),
)

audit_heads = sa.Table(
    "audit_heads",
    metadata,
    sa.Column("tenant", sa.Text, primary_key=True),
    sa.Column("sequence", sa.BigInteger, nullable=False),
    sa.Column("hash", sa.Text, nullable=False),
    sa.Column("signed_at", sa.BigInteger, nullable=False),
    sa.Column("key_id", sa.Text, nullable=False),
    sa.Column("signature", sa.Text, nullable=False),
)

spent_tokens = sa.Table(
    "spent_tokens",
    metadata,
    # SHA-256 of the token's name (`jti`), which says enough and tells nothing.
    sa.Column("token", sa.Text, primary_key=True),
    sa.Column("expires_at", sa.BigInteger, nullable=False, index=True),
)
