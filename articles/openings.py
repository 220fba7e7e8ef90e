"""Links that open one story to whoever comes by them: a subscriber's gift, and those in our own letters.

Their addresses end in a token; the page behind is never indexed, names the clean address as its own, and
sends no referrer (rule P7).
"""

from collections.abc import Iterable
from datetime import UTC, datetime, timedelta

from django.conf import settings
from django.core import signing
from django.urls import reverse

from articles.models import Article, GiftLink
from articles.paywall import Opening
from subscriptions.models import Source
from subscriptions.queries import GrantFact

SALT = "articles.mail-link"


def gives_away(grants: Iterable[GrantFact]) -> bool:
    """Whether these rights let a reader give stories away: any but an institution's, meant for its own."""
    return bool(settings.GIFT_LINKS_PER_MONTH) and any(grant.source != Source.INSTITUTION for grant in grants)


def gift_address(link: GiftLink) -> str:
    """The absolute address to pass on."""
    return settings.SITE_URL + reverse("gift_link", args=(link.article.slug, link.token))


def opening_by_gift(link: GiftLink) -> Opening:
    giver = link.user.name.partition(" ")[0] or "A subscriber"
    return Opening(link.article_id, f"{giver} gave you this story.", link.expires_at)


def mail_address(story: Article, *, at: datetime) -> str:
    """The absolute address of `story` for a letter to readers who do not subscribe.

    It opens the story for `MAIL_LINK_DAYS` from `at` on, and is the plain one where that is 0.
    """
    if not settings.MAIL_LINK_DAYS:
        return settings.SITE_URL + story.get_absolute_url()
    return settings.SITE_URL + letter_path(story, until=at + timedelta(days=settings.MAIL_LINK_DAYS))


def letter_path(story: Article, *, until: datetime) -> str:
    """The address, within the site, that opens `story` until then."""
    token = signing.dumps([story.pk, int(until.timestamp())], salt=SALT)
    return reverse("mail_link", args=(story.slug, token))


def opening_by_mail(token: str) -> Opening | None:
    """What a letter's link opens; None when the token is not ours."""
    try:
        story, until = signing.loads(token, salt=SALT)
    except signing.BadSignature:
        return None
    ends_at = datetime.fromtimestamp(until, tz=UTC)
    return Opening(story, "You came from one of our letters, which opens this story.", ends_at)
