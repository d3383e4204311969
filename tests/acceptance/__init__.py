"""The whole service as a process, driven over real protocols by the people of its stories."""

import pytest

servers = pytest.mark.servers
EVERYWHERE = pytest.mark.parametrize(
    "place",
    [
        pytest.param("sqlite local"),
        pytest.param("postgres real", marks=servers),
    ],
    indirect=True,
)
"""A story on the embedded defaults, and on PostgreSQL with Postfix and Dovecot where they are installed."""
CROSSED = pytest.mark.parametrize(
    "place",
    [pytest.param("sqlite real", marks=servers), pytest.param("postgres local", marks=servers)],
    indirect=True,
)
"""The other two pairs of servers."""
