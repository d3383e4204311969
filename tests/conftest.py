"""The real servers as fixtures for every test; a test that asks for one skips with the reason where it is absent."""

from tests.servers.fixtures import _mail_servers, chromium_launch, mail_servers, postgres_cluster, postgres_url

__all__ = ["_mail_servers", "chromium_launch", "mail_servers", "postgres_cluster", "postgres_url"]
