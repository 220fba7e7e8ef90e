"""What follows from what happens to accounts."""

from typing import Any

from allauth.account.models import EmailAddress
from allauth.account.signals import email_confirmed
from django.dispatch import receiver
from django.utils import timezone

from newsletters.actions.suppressing import lift_unsubscribe_all


@receiver(email_confirmed)
def take_letters_again(email_address: EmailAddress, **kwargs: Any) -> None:
    """Who ticked a letter on the sign-up page gets it once the address is theirs, whatever they said before.

    Not sooner: a stranger could tick it for them.
    """
    user = email_address.user
    if user.newsletter_preferences.filter(is_wanted=True).exists():
        lift_unsubscribe_all(user=user, source="sign-up", at=timezone.now())
