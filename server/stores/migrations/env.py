"""Alembic's entry point: runs the migrations on the connection that `server.stores.database` opened."""

from __future__ import annotations

from alembic import context

from server.stores.schema import metadata

context.configure(connection=context.config.attributes["connection"], target_metadata=metadata, render_as_batch=True)
with context.begin_transaction():
    context.run_migrations()
