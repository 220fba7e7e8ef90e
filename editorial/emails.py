"""The letters of the desk (rules U9 and B7: the account stream, no list headers)."""

from django.core.mail import EmailMultiAlternatives

from editorial.models import GuestLink
from editorial.tokens import guest_url
from kit.letters import render_letter


def guest_invitation(link: GuestLink) -> EmailMultiAlternatives:
    """The address of a story for someone without an account; nothing of the story itself."""
    context = {"link": link, "url": guest_url(link)}
    return render_letter("editorial/guest_link", context).message(to=link.email)
