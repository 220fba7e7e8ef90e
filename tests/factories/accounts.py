"""People: readers with a verified address, and staff in each role. Call `.create(…)`: only that is typed."""

from itertools import count
from typing import Any

from allauth.account.models import EmailAddress
from allauth.mfa.totp.internal.auth import TOTP, generate_totp_secret
from django.contrib.auth.models import Group
from factory.django import DjangoModelFactory

from accounts.models import User
from accounts.roles import SUPPORT, WRITER

PASSWORD = "ferries leave on the tide"

_numbers = count(1)


class UserFactory(DjangoModelFactory[User]):
    """A reader who signs in with `PASSWORD`, or with `password=None` by code.

    `verified` says whether the address is confirmed; `role` names the group to be in.
    """

    class Meta:
        model = User

    name = "Sabine Orlund"
    password = PASSWORD
    verified = True
    role = ""

    @classmethod
    def _create(cls, model_class: type[User], *args: Any, **fields: Any) -> User:
        is_verified, role = fields.pop("verified"), fields.pop("role")
        fields.setdefault("email", f"reader{next(_numbers)}@example.org")
        user = model_class.objects.create_user(**fields)
        EmailAddress.objects.create(user=user, email=user.email, primary=True, verified=is_verified)
        if role:
            user.groups.add(Group.objects.get(name=role))
        return user


class StaffFactory(UserFactory):
    """Staff without a role."""

    is_staff = True


class WriterFactory(StaffFactory):
    role = WRITER


class SupportFactory(StaffFactory):
    role = SUPPORT


class SuperuserFactory(StaffFactory):
    is_superuser = True


def add_authenticator_app(user: User) -> str:
    """Give `user` an authenticator app; returns its secret, from which codes are made."""
    secret: str = generate_totp_secret()
    TOTP.activate(user, secret)
    return secret
