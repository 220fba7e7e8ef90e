"""Addresses by which a guest, without an account, comes to one story."""

from django.conf import settings
from django.core.signing import BadSignature, Signer
from django.urls import reverse

from editorial.models import GuestLink

# The separator keeps colons, which some mail programs cut off, out of the address.
_signer = Signer(sep=".", salt="editorial.guest")


def guest_url(link: GuestLink) -> str:
    """The absolute address for the guest. Whoever has it acts under the guest's name, so show it to few."""
    return settings.SITE_URL + reverse("desk:review", args=(_signer.sign(str(link.pk)),))


def read_guest_token(token: str) -> GuestLink | None:
    """The link of this address, open or closed; None when the token was not made here."""
    try:
        key = _signer.unsign(token)
    except BadSignature:
        return None
    return GuestLink.objects.select_related("article__section", "step").filter(pk=key).first()
