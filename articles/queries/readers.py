"""Who asks."""

from datetime import datetime

from django.contrib.auth.models import AnonymousUser

from accounts.models import User
from articles.paywall import VISITOR, Reader
from subscriptions.queries import grants_of


def reader_of(user: User | AnonymousUser, *, at: datetime) -> Reader:
    """The reader that `user` is to the paywall: one query for someone signed in, none for a visitor."""
    if isinstance(user, AnonymousUser):
        return VISITOR
    return Reader(is_signed_in=True, grants=grants_of(user, at=at))
