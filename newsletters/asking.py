"""The letter that asks whether somebody wants letters: account mail, without list headers (rule U9)."""

from django.core.mail import EmailMultiAlternatives

from accounts.models import User
from kit.letters import render_letter
from newsletters.models import SignUp
from newsletters.tokens import CONFIRM_WITHIN, confirm_url


def confirmation_letter(signup: SignUp) -> EmailMultiAlternatives:
    """What goes to the address that was typed; it alone learns whether there is an account by it."""
    context = {
        "email": signup.address,
        "newsletters": list(signup.newsletters.all()),
        "confirm_url": confirm_url(signup),
        "days": CONFIRM_WITHIN.days,
        "has_account": User.objects.filter(email__iexact=signup.address, is_mail_only=False).exists(),
    }
    return render_letter("newsletters/confirm", context).message(to=signup.address)
