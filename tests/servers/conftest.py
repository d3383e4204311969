"""The servers' fixtures for the tests of the servers themselves."""

from tests.servers.fixtures import _mail_servers, chromium_launch, mail_servers, postgres_cluster, postgres_url

__all__ = ["_mail_servers", "chromium_launch", "mail_servers", "postgres_cluster", "postgres_url"]
