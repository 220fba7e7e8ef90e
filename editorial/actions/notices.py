"""Telling people what happened to a story."""

from collections.abc import Iterable
from datetime import datetime

from accounts.models import User
from articles.models import Article
from editorial.models import Notification
from editorial.signals import told


def tell(
    people: Iterable[User],
    kind: Notification.Kind,
    article: Article,
    *,
    by: User | None,
    at: datetime,
    text: str = "",
    who: str = "",
) -> None:
    """Leave each of the people but the one who did it a notification, in the transaction of what happened.

    How it is mailed is `mailing`'s matter, once the transaction has committed.
    """
    Notification.objects.bulk_create(
        Notification(
            user=user, kind=kind, article=article, text=text, by_label=str(by or who or "system"), at=at
        )
        for user in people
        if by is None or user.pk != by.pk
    )
    told.send(sender=Notification)
