"""Addresses that act for one reader on one letter, without a sign-in (RFC 8058 §3.1, rule U2)."""

from dataclasses import dataclass

from django.conf import settings
from django.core.signing import BadSignature, Signer
from django.urls import reverse

from accounts.models import User
from newsletters.models import Newsletter

# The separator keeps colons, which some mail programs cut off, out of the address.
_signer = Signer(sep=".", salt="newsletters.unsubscribe")


@dataclass(frozen=True)
class Subscription:
    """Who a token speaks for, and which letter it is about."""

    user: User
    newsletter: Newsletter


def make_token(*, user_id: int, newsletter_id: int) -> str:
    """A token that names reader and letter by number; it does not expire: old mail must still unsubscribe."""
    return _signer.sign_object([user_id, newsletter_id])


def read_token(token: str) -> Subscription | None:
    """What the token stands for, or None when it was not made here or its reader or letter is gone."""
    try:
        user_id, newsletter_id = _signer.unsign_object(token)
    except (BadSignature, ValueError):
        return None
    user = User.objects.filter(pk=user_id).first()
    newsletter = Newsletter.objects.filter(pk=newsletter_id).first()
    return Subscription(user, newsletter) if user and newsletter else None


def unsubscribe_url(token: str) -> str:
    """The absolute address for the List-Unsubscribe header and the link in the letter."""
    return settings.SITE_URL + reverse("newsletter_unsubscribe", args=(token,))
