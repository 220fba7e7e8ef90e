"""People: readers with a verified address, and staff in each role."""

from typing import Any

import factory
from allauth.account.models import EmailAddress
from allauth.mfa.totp.internal.auth import TOTP, generate_totp_secret
from django.contrib.auth.models import Group

from accounts.models import User
from accounts.roles import EDITOR, PUBLISHER, SUPPORT, WRITER

PASSWORD = "ferries leave on the tide"


class UserFactory(factory.django.DjangoModelFactory[User]):
    """A reader who confirmed the address and signs in with `PASSWORD`; with `password=None` by code."""

    class Meta:
        model = User
        skip_postgeneration_save = True

    email = factory.Sequence(lambda number: f"reader{number}@example.org")
    name = "Sabine Orlund"
    password = PASSWORD

    @classmethod
    def _create(cls, model_class: type[User], *args: Any, **kwargs: Any) -> User:
        return model_class.objects.create_user(*args, **kwargs)

    @factory.post_generation
    def verified(self: User, create: bool, extracted: bool | None, **kwargs: Any) -> None:  # type: ignore[misc]
        is_verified = extracted is not False
        EmailAddress.objects.create(user=self, email=self.email, primary=True, verified=is_verified)


class StaffFactory(UserFactory):
    """Staff without a role; pass `role=` to give one."""

    email = factory.Sequence(lambda number: f"staff{number}@example.org")
    is_staff = True

    @factory.post_generation
    def role(self: User, create: bool, extracted: str | None, **kwargs: Any) -> None:  # type: ignore[misc]
        if extracted:
            self.groups.add(Group.objects.get_or_create(name=extracted)[0])


class WriterFactory(StaffFactory):
    role = factory.PostGeneration(lambda user, *_: user.groups.add(Group.objects.get(name=WRITER)))


class EditorFactory(StaffFactory):
    role = factory.PostGeneration(lambda user, *_: user.groups.add(Group.objects.get(name=EDITOR)))


class PublisherFactory(StaffFactory):
    role = factory.PostGeneration(lambda user, *_: user.groups.add(Group.objects.get(name=PUBLISHER)))


class SupportFactory(StaffFactory):
    role = factory.PostGeneration(lambda user, *_: user.groups.add(Group.objects.get(name=SUPPORT)))


class SuperuserFactory(StaffFactory):
    is_superuser = True


def add_authenticator_app(user: User) -> str:
    """Give `user` an authenticator app; returns its secret, from which codes are made."""
    secret: str = generate_totp_secret()
    TOTP.activate(user, secret)
    return secret
