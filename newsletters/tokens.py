"""Addresses that act for one reader without a sign-in.

On one letter (RFC 8058 §3.1, rule U2), on all their letters, or on what they asked for and have to confirm.
"""

from dataclasses import dataclass
from datetime import timedelta

from django.conf import settings
from django.core.signing import BadSignature, Signer, TimestampSigner
from django.urls import reverse

from accounts.models import User
from newsletters.models import Newsletter, SignUp

CONFIRM_WITHIN = timedelta(days=7)

# The separator keeps colons, which some mail programs cut off, out of the address.
_signer = Signer(sep=".", salt="newsletters.unsubscribe")
_reader_signer = Signer(sep=".", salt="newsletters.preferences")
_signup_signer = TimestampSigner(sep=".", salt="newsletters.confirm")


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


def make_reader_token(*, user_id: int) -> str:
    """A token for all letters of one reader; it does not expire, as old mail must lead to fewer letters."""
    return _reader_signer.sign_object([user_id])


def read_reader_token(token: str) -> User | None:
    """Whose letters the token is about, or None when it was not made here or they have no account now.

    The token that unsubscribes from one letter leads here too: its page can then offer this one without
    showing whether the token is known (rule U6).
    """
    for signer in (_reader_signer, _signer):
        try:
            [user_id, *_] = signer.unsign_object(token)
        except (BadSignature, ValueError):
            continue
        return User.objects.filter(pk=user_id, is_active=True).first()
    return None


def preferences_url(*, user_id: int) -> str:
    """The absolute address of the page where this reader chooses letters without a sign-in."""
    return settings.SITE_URL + reverse("newsletter_choices", args=(make_reader_token(user_id=user_id),))


def make_signup_token(signup: SignUp) -> str:
    """A token with which a request for letters is confirmed within `CONFIRM_WITHIN`."""
    return _signup_signer.sign_object([signup.pk])


def read_signup_token(token: str) -> SignUp | None:
    """The request, or None when the token was not made here, is too old, or its request was deleted."""
    try:
        [pk] = _signup_signer.unsign_object(token, max_age=CONFIRM_WITHIN)
    except (BadSignature, ValueError):
        return None
    return SignUp.objects.filter(pk=pk).first()


def confirm_url(signup: SignUp) -> str:
    """The absolute address in the letter that asks for the yes."""
    return settings.SITE_URL + reverse("newsletter_confirm", args=(make_signup_token(signup),))
