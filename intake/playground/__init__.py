"""A local mailbox, a local Bot API and a page to use both."""
