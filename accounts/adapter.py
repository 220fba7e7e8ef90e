"""How allauth behaves on this site."""

import logging
from smtplib import SMTPException
from typing import Any

from allauth.account.adapter import DefaultAccountAdapter
from allauth.core import context as allauth_context
from django.contrib import messages
from django.core.mail import EmailMultiAlternatives
from django.utils.translation import gettext_lazy as _

from accounts.models import User
from kit.letters import render_letter

logger = logging.getLogger(__name__)

WAYS_TO_PROVE = {
    "mfa_reauthenticate:webauthn": "Use a passkey or security key",
    "mfa_reauthenticate": "Use a code from the app, or a recovery code",
}
NOT_SENT = "We could not send an e-mail to {address} just now. Please try again in a few minutes."


class AccountAdapter(DefaultAccountAdapter):  # type: ignore[misc]
    """Account mail in the house's letters, and a mail server that is down is not a broken page."""

    error_messages = DefaultAccountAdapter.error_messages | {
        "email_password_mismatch": _(
            "This address and password do not go together. Try again, or let us mail you a code instead."
        ),
        "incorrect_code": _("That is not the code we sent. Check the newest mail and try again."),
        "incorrect_password": _("That is not your password."),
        "enter_current_password": _("That is not your present password."),
        "too_many_login_attempts": _("Too many attempts. Wait a few minutes, then start again."),
        "rate_limited": _("That was a little fast. Wait a minute, then try again."),
        "same_as_current": _("That is the address you already have."),
        "duplicate_email": _("That is the address you already have."),
        "account_inactive": _("This account has been closed."),
    }

    def get_reauthentication_methods(self, user: User) -> list[dict[str, str]]:
        """Who has a second factor proves that one, a key first: a password alone must not replace it."""
        methods: list[dict[str, str]] = super().get_reauthentication_methods(user)
        stronger = [
            {**method, "description": WAYS_TO_PROVE[method["id"]]}
            for method in reversed(methods)
            if method["id"] in WAYS_TO_PROVE
        ]
        return stronger or methods

    def render_mail(
        self,
        template_prefix: str,
        email: str,
        context: dict[str, Any],
        headers: dict[str, str] | None = None,
    ) -> EmailMultiAlternatives:
        """The letter for allauth's prefix: `mfa/email/totp_activated` is `emails/accounts/totp_activated`."""
        name = template_prefix.rsplit("/", 1)[-1]
        if name == "account_already_exists" and User.objects.filter(email__iexact=email, is_mail_only=True):
            name = "account_for_letters"
        return render_letter(f"accounts/{name}", context).message(to=email, headers=headers)

    def send_mail(self, template_prefix: str, email: str, context: dict[str, Any]) -> None:
        """Send within the request. A mail server that fails costs a log line and a message, not the page."""
        message = self.render_mail(template_prefix, email, {**context, "email": email})
        try:
            message.send()
        except (SMTPException, OSError):
            logger.exception("Account mail %s could not be sent", template_prefix)
            is_notice = "user_agent" in context  # of a change that was made; nobody waits for it
            if not is_notice:
                messages.error(allauth_context.request, NOT_SENT.format(address=email))
