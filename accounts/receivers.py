"""What follows from allauth's signals."""

from typing import Any

from allauth.account.internal.flows.login import get_authentication_records
from allauth.account.models import EmailAddress
from allauth.account.signals import email_confirmed
from django.dispatch import receiver
from django.http import HttpRequest

from accounts.actions import drop_unproven_password


@receiver(email_confirmed)
def drop_password_of_a_stranger(request: HttpRequest, email_address: EmailAddress, **kwargs: Any) -> None:
    """Undo "pre-hijacking": a stranger signs up with your address and a password, and waits.

    When the owner later proves the address with a sign-in code, a password that was chosen
    before the first sign-in is not theirs. (Proving it with the sign-up's own code, which only
    the session that chose the password can take, keeps the password.)
    """
    user = email_address.user
    records = get_authentication_records(request, user)
    if user.last_login is None and records and records[-1]["method"] == "code" and user.has_usable_password():
        drop_unproven_password(user=user)
