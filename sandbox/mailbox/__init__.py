"""A mailbox for demos and tests: an SMTP server that keeps every message, and pages that show them."""

from sandbox.mailbox.server import serve

__all__ = ["serve"]
