"""What happens at the desk that others act on."""

from django.dispatch import Signal

told = Signal()
"""Notifications were written, in a transaction that has not committed yet."""
