"""A PostgreSQL of our own: started by the first process that wants it, shared by all, stopped after the last."""

from app.embedded_postgres.home import EmbeddedPostgresError
from app.embedded_postgres.server import EmbeddedPostgres

__all__ = ["EmbeddedPostgres", "EmbeddedPostgresError"]
