"""Signing in by password or by a code in the mail."""

from typing import Any

import pytest
from django.core import mail
from django.test import Client

from accounts.models import AuditEntry, User
from tests.accounts.conftest import newest_code
from tests.accounts.test_signup import without_tokens
from tests.factories.accounts import PASSWORD, UserFactory

pytestmark = pytest.mark.django_db

STORY = "/articles/the-tunnel-at-tessaly/?from=wall"


def log_in(client: Client, email: str, password: str = "", **more: str) -> Any:
    return client.post("/accounts/login/", {"login": email, "password": password, **more})


def enter_code(client: Client, code: str, **more: str) -> Any:
    return client.post("/accounts/login/code/confirm/", {"code": code, **more})


def signed_in(client: Client) -> User | None:
    pk = client.session.get("_auth_user_id")
    return User.objects.get(pk=pk) if pk else None


def test_by_password(client: Client) -> None:
    user = UserFactory.create(email="mara@example.org")
    response = log_in(client, "Mara@Example.org", PASSWORD, next=STORY)
    assert response.headers["Location"] == STORY
    assert signed_in(client) == user


def test_by_code_when_the_password_is_left_empty(client: Client) -> None:
    user = UserFactory.create(password=None)
    response = log_in(client, user.email, next=STORY)
    assert response.headers["Location"].startswith("/accounts/login/code/confirm/?next=")
    assert signed_in(client) is None
    assert enter_code(client, newest_code(), next=STORY).headers["Location"] == STORY
    assert signed_in(client) == user


def test_the_first_sign_in_makes_an_account_of_letters_alone(client: Client) -> None:
    reader = UserFactory.create(password=None, is_mail_only=True)
    log_in(client, reader.email)
    reader.refresh_from_db()
    assert reader.is_mail_only
    enter_code(client, newest_code())
    reader.refresh_from_db()
    assert (signed_in(client), reader.is_mail_only) == (reader, False)
    assert [entry.action for entry in AuditEntry.about(reader)] == ["open account"]
    Client().force_login(reader)
    assert AuditEntry.about(reader).count() == 1


def test_the_button_for_a_code_ignores_what_a_password_manager_filled_in(client: Client) -> None:
    user = UserFactory.create()
    log_in(client, user.email, PASSWORD, by_code="1")
    assert signed_in(client) is None
    enter_code(client, newest_code())
    assert signed_in(client) == user


def test_the_page_for_a_code_alone(client: Client) -> None:
    user = UserFactory.create()
    client.post("/accounts/login/code/", {"email": user.email})
    enter_code(client, newest_code())
    assert signed_in(client) == user


def test_a_wrong_password_is_answered_alike_for_known_and_unknown(client: Client) -> None:
    known, unknown = UserFactory.create().email, "nobody@example.org"
    pages = [
        log_in(Client(), address, "not the password").content.decode().replace(address, "ADDRESS")
        for address in (known, unknown)
    ]
    assert without_tokens(pages[0]) == without_tokens(pages[1])
    assert mail.outbox == []


def test_a_code_for_an_unknown_address_looks_like_one_for_a_known_and_mails_the_owner(client: Client) -> None:
    known, unknown = UserFactory.create().email, "nobody@example.org"
    visitors = {known: client, unknown: Client()}
    answers = [log_in(visitor, address) for address, visitor in visitors.items()]
    pages = [
        visitor.get("/accounts/login/code/confirm/").content.decode().replace(address, "ADDRESS")
        for address, visitor in visitors.items()
    ]
    assert answers[0].headers["Location"] == answers[1].headers["Location"]
    assert without_tokens(pages[0]) == without_tokens(pages[1])
    assert [message.subject for message in mail.outbox if message.to == [unknown]] == [
        "No account at EIR with this address"
    ]


def test_an_account_that_is_closed_stays_closed(client: Client) -> None:
    user = UserFactory.create(is_active=False)
    log_in(client, user.email, PASSWORD)
    assert signed_in(client) is None
    log_in(client, user.email)
    assert mail.outbox[-1].subject == "No account at EIR with this address"


def test_guessing_passwords_is_slowed_down(client: Client) -> None:
    user = UserFactory.create()
    for _ in range(5):
        log_in(client, user.email, "not the password")
    page = log_in(client, user.email, PASSWORD)
    assert signed_in(client) is None
    assert page.context["form"].non_field_errors() == [
        "Too many attempts. Wait a few minutes, then start again."
    ]


def test_one_mailbox_is_not_flooded_with_codes() -> None:
    user = UserFactory.create()
    for _ in range(5):
        log_in(Client(), user.email)
    assert len(mail.outbox) == 3


def test_too_many_tries_from_one_place_get_the_page_that_says_so(client: Client) -> None:
    for number in range(20):
        client.post("/accounts/signup/", {"email": f"not an address {number}"})
    answer = client.post("/accounts/signup/", {"email": "mara@example.org"})
    assert answer.status_code == 429
    assert "<h1>Too many attempts</h1>" in answer.content.decode()


def test_an_unconfirmed_address_has_to_be_confirmed_first(client: Client) -> None:
    user = UserFactory.create(verified=False)
    response = log_in(client, user.email, PASSWORD)
    assert response.headers["Location"] == "/accounts/confirm-email/"
    assert signed_in(client) is None
    client.post("/accounts/confirm-email/", {"code": newest_code()})
    assert signed_in(client) == user
    user.refresh_from_db()
    assert user.check_password(PASSWORD)


def test_signing_out_asks_first(client: Client) -> None:
    log_in(client, UserFactory.create().email, PASSWORD)
    assert client.get("/accounts/logout/").status_code == 200
    assert signed_in(client) is not None
    assert client.post("/accounts/logout/").headers["Location"] == "/"
    assert signed_in(client) is None
