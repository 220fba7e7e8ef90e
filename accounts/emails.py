"""The letters of the account stream (rules U9 and B7: own sender, no list headers, never a digest)."""

from django.core.mail import EmailMultiAlternatives

from accounts.models import User
from kit.letters import render_letter


def password_invitation(*, user: User) -> EmailMultiAlternatives:
    """Staff ask `user` to choose a new password."""
    return render_letter("accounts/password_invitation", {"email": user.email}).message(to=user.email)
