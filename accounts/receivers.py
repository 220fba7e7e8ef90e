"""What follows from allauth's signals."""

from typing import Any

from allauth.account.internal.flows.login import get_authentication_records, record_authentication
from allauth.account.models import EmailAddress
from allauth.account.signals import email_confirmed
from allauth.mfa.models import Authenticator
from allauth.mfa.signals import authenticator_added
from django.contrib.auth.signals import user_logged_in
from django.dispatch import receiver
from django.http import HttpRequest
from django.utils import timezone

from accounts.actions import drop_unproven_password, open_account
from accounts.models import User
from accounts.queries import SECOND_FACTORS


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


@receiver(user_logged_in)
def open_account_at_first_sign_in(user: User, **kwargs: Any) -> None:
    """Who only wanted letters has an account as soon as they come in by a code."""
    open_account(user=user, at=timezone.now())


@receiver(authenticator_added)
def count_first_set_up_as_proof(
    request: HttpRequest, user: User, authenticator: Authenticator, **kwargs: Any
) -> None:
    """Setting up the first second factor proves it. A further one does not: then there is one to prove."""
    factors = Authenticator.objects.filter(user=user, type__in=SECOND_FACTORS)
    if list(factors.values_list("pk", flat=True)) == [authenticator.pk]:
        record_authentication(request, user, method="mfa", id=authenticator.pk, type=authenticator.type)
