"""What follows from changes to stories and to the rules of access, and from signing in."""

from typing import Any

from django.contrib.auth.signals import user_logged_in
from django.core.cache import cache
from django.db import transaction
from django.db.models.signals import post_delete, post_save
from django.dispatch import receiver
from django.http import HttpRequest
from django.utils import timezone

from accounts.models import User
from articles.actions.meters import merge_meter
from articles.models import AccessRule, Article
from articles.models.access import KEPT_RULES
from articles.readers import meter_key
from articles.tasks import index_stories
from kit.queue import wake_on_commit


@receiver([post_save, post_delete], sender=AccessRule)
def forget_kept_rules(**kwargs: Any) -> None:
    """Here at once, and again when others can see the change."""
    cache.delete(KEPT_RULES)
    transaction.on_commit(lambda: cache.delete(KEPT_RULES))


@receiver([post_save, post_delete], sender=Article)
def index_soon(instance: Article, **kwargs: Any) -> None:
    """Comfort only: what is due is found by the rows, each minute."""
    if instance.first_published_at or instance.published_at:
        wake_on_commit(index_stories)


@receiver(user_logged_in)
def bring_meter_along(request: HttpRequest | None, user: User, **kwargs: Any) -> None:
    """What a visitor opened this month counts for the account they sign in to (one pool)."""
    key = meter_key(request) if request is not None else ""
    if key:
        merge_meter(key=key, user=user, at=timezone.now())
