"""Real servers for the tests: started on loopback in a temporary directory, stopped and killed on demand."""
