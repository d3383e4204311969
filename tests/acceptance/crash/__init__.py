"""The service killed again and again while people answer, and what the servers saw of it."""
