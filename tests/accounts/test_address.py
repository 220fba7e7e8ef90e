"""Changing one's e-mail address."""

import pytest
from allauth.account.models import EmailAddress
from django.core import mail
from django.test import Client

from accounts.models import User
from tests.accounts.conftest import newest_code, sign_in
from tests.factories.accounts import PASSWORD, UserFactory

pytestmark = pytest.mark.django_db


@pytest.fixture
def user(client: Client) -> User:
    user: User = UserFactory.create(email="old@example.org")
    sign_in(client, user)
    client.post("/accounts/reauthenticate/", {"password": PASSWORD})
    return user


def ask(client: Client, address: str) -> None:
    client.post("/accounts/email/", {"email": address, "action_add": ""})


def test_the_address_changes_once_the_code_is_entered(client: Client, user: User) -> None:
    ask(client, "New@Example.org")
    user.refresh_from_db()
    assert user.email == "old@example.org"

    answer = client.post("/accounts/confirm-email/", {"code": newest_code()})

    user.refresh_from_db()
    assert answer.headers["Location"] == "/accounts/email/"
    assert user.email == "new@example.org"
    assert [(row.email, row.verified) for row in EmailAddress.objects.filter(user=user)] == [
        ("new@example.org", True)
    ]


def test_the_old_address_is_told(client: Client, user: User) -> None:
    ask(client, "new@example.org")
    client.post("/accounts/confirm-email/", {"code": newest_code()})
    assert mail.outbox[-1].to == ["old@example.org"]
    assert "From now on your account is new@example.org, no longer old@example.org." in str(
        mail.outbox[-1].body
    )


def test_somebody_elses_address_gives_nothing_away_and_changes_nothing(client: Client, user: User) -> None:
    UserFactory.create(email="taken@example.org")
    ask(client, "taken@example.org")
    page = client.get("/accounts/confirm-email/").content.decode()
    assert "We have mailed a code to <strong>taken@example.org</strong>" in page
    assert "already" not in page
    user.refresh_from_db()
    assert user.email == "old@example.org"


def test_the_change_asks_who_it_is_first(client: Client) -> None:
    user = UserFactory.create()
    sign_in(client, user)
    answer = client.post("/accounts/email/", {"email": "new@example.org", "action_add": ""})
    assert answer.headers["Location"] == "/accounts/reauthenticate/?next=%2Faccounts%2Femail%2F"
    assert mail.outbox == []
