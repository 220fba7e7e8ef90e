"""The account forms: allauth's, with labels in the house voice and one field where one will do."""

from typing import Any, ClassVar

from allauth.account import forms as account_forms
from allauth.mfa.base import forms as second_factor_forms
from allauth.mfa.totp import forms as totp_forms
from allauth.mfa.webauthn import forms as passkey_forms
from django import forms
from django.contrib.auth.hashers import make_password
from django.http import HttpRequest, HttpResponse

from accounts.models import User

# WCAG 2.2, 3.3.8: codes can be pasted, filled in by the browser, and typed on a number pad.
CODE_ATTRS = {
    "autocomplete": "one-time-code",
    "inputmode": "numeric",
    "autocapitalize": "off",
    "spellcheck": "false",
}
STRONG_ENOUGH = "At least 10 characters. A few words in a row are easy to keep and hard to guess."


def tune(field: forms.Field, label: str, *, help_text: str = "", **attrs: str) -> None:
    """Give a field of allauth's our label, help and attributes; a label needs no placeholder beside it."""
    field.label = label
    field.help_text = help_text
    field.widget.attrs.pop("placeholder", None)
    field.widget.attrs.update(attrs)


class SignupForm(account_forms.SignupForm):  # type: ignore[misc]
    """An address, and a password or none: without one, people sign in by code."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        tune(
            self.fields["email"],
            "E-mail address",
            help_text="We mail a code to it, to make sure that it is yours.",
        )
        tune(
            self.fields["password1"],
            "Password (optional)",
            help_text="Choose a password of at least 10 characters, or leave it empty and sign in by code.",
        )
        self.order_fields(("email", "password1"))

    def try_save(self, request: HttpRequest) -> tuple[User | None, HttpResponse | None]:
        if self.account_already_exists and self.cleaned_data.get("password1"):
            make_password(
                self.cleaned_data["password1"]
            )  # as slow as signing up, so the time taken tells nothing
        saved: tuple[User | None, HttpResponse | None] = super().try_save(request)
        return saved


class LoginForm(account_forms.LoginForm):  # type: ignore[misc]
    """One form for both ways in: with a password, or, when that is left empty, by a code in the mail."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        tune(self.fields["login"], "E-mail address", autocomplete="username")
        tune(self.fields["password"], "Password")
        self.fields["password"].required = False
        self.fields["password"].widget.is_required = False

    def clean_password(self) -> str:
        """The password; none when the reader pressed the button that asks for a code."""
        return "" if "by_code" in self.data else self.cleaned_data["password"]


class RequestLoginCodeForm(account_forms.RequestLoginCodeForm):  # type: ignore[misc]
    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        tune(self.fields["email"], "E-mail address", autocomplete="username")


class ResetPasswordForm(account_forms.ResetPasswordForm):  # type: ignore[misc]
    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        tune(self.fields["email"], "E-mail address", autocomplete="username")


class AddEmailForm(account_forms.AddEmailForm):  # type: ignore[misc]
    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        tune(self.fields["email"], "New address", help_text="We mail a code to it before anything changes.")


class NewPasswordMixin(forms.Form):
    """One field: a password manager or the "show" key of the browser serves better than typing it twice."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        del self.fields["password2"]
        tune(self.fields["password1"], "New password", help_text=STRONG_ENOUGH)


class SetPasswordForm(NewPasswordMixin, account_forms.SetPasswordForm):  # type: ignore[misc]
    pass


class ResetPasswordKeyForm(NewPasswordMixin, account_forms.ResetPasswordKeyForm):  # type: ignore[misc]
    pass


class ChangePasswordForm(NewPasswordMixin, account_forms.ChangePasswordForm):  # type: ignore[misc]
    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        tune(self.fields["oldpassword"], "Present password")


class ReauthenticateForm(account_forms.ReauthenticateForm):  # type: ignore[misc]
    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        tune(self.fields["password"], "Password")


class CodeMixin(forms.Form):
    code_label: ClassVar[str] = "Code from the mail"

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        tune(self.fields["code"], self.code_label, **CODE_ATTRS)


class ConfirmLoginCodeForm(CodeMixin, account_forms.ConfirmLoginCodeForm):  # type: ignore[misc]
    pass


class ConfirmAddressCodeForm(CodeMixin, account_forms.ConfirmEmailVerificationCodeForm):  # type: ignore[misc]
    pass


class ConfirmResetCodeForm(CodeMixin, account_forms.ConfirmPasswordResetCodeForm):  # type: ignore[misc]
    pass


class ActivateAppForm(CodeMixin, totp_forms.ActivateTOTPForm):  # type: ignore[misc]
    code_label = "Six digits from the app"


class SecondFactorForm(CodeMixin, second_factor_forms.AuthenticateForm):  # type: ignore[misc]
    code_label = "Code from your app, or a recovery code"


class ConfirmSecondFactorForm(CodeMixin, second_factor_forms.ReauthenticateForm):  # type: ignore[misc]
    code_label = "Code from your app, or a recovery code"


class AddPasskeyForm(passkey_forms.AddWebAuthnForm):  # type: ignore[misc]
    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        tune(self.fields["name"], "Name of the key", help_text="For instance the device that holds it.")
        tune(
            self.fields["passwordless"],
            "Sign in with this key alone",
            help_text="The device then asks for your fingerprint, face or PIN. Else it is a second step.",
        )
        self.fields["passwordless"].initial = True


class RenamePasskeyForm(passkey_forms.EditWebAuthnForm):  # type: ignore[misc]
    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        tune(self.fields["name"], "Name of the key")


class ProfileForm(forms.Form):
    name = forms.CharField(
        label="Your name",
        max_length=150,
        required=False,
        help_text="How we address you in letters. You can leave it empty.",
        widget=forms.TextInput(attrs={"autocomplete": "name"}),
    )
