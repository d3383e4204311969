"""The PostgreSQL that a backup is tried on."""

from tests.servers.fixtures import postgres_cluster

__all__ = ["postgres_cluster"]
