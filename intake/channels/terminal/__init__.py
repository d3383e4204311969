"""A conversation at a terminal: the same turns and prompts as in a chat, with nobody else at the other end."""

from intake.channels.terminal.conversation import Conversation

__all__ = ["Conversation"]
