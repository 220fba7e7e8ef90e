"""What happens to the books that others act on."""

from django.dispatch import Signal

noticed = Signal()
"""A letter was given to be sent, in a transaction that may not have committed yet; `notice` is its row."""
