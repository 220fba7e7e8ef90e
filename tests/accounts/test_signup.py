"""Signing up with a password, or with an address alone."""

from typing import Any

import pytest
from allauth.account.models import EmailAddress
from django.core import mail
from django.test import Client

from accounts.models import User
from tests.accounts.conftest import newest_code
from tests.factories.accounts import PASSWORD, UserFactory

pytestmark = pytest.mark.django_db

STORY = "/articles/the-tunnel-at-tessaly/?from=wall"


def sign_up(client: Client, email: str, password: str = "", **more: str) -> Any:
    return client.post("/accounts/signup/", {"email": email, "password1": password, **more})


def confirm(client: Client, code: str) -> Any:
    return client.post("/accounts/confirm-email/", {"code": code})


def test_with_a_password_the_account_opens_once_the_code_is_entered(client: Client) -> None:
    response = sign_up(client, "Mara@Example.org", PASSWORD)
    assert response.headers["Location"] == "/accounts/confirm-email/"
    assert "_auth_user_id" not in client.session

    confirm(client, newest_code())

    user = User.objects.get()
    assert user.email == "mara@example.org"
    assert user.check_password(PASSWORD)
    assert client.session["_auth_user_id"] == str(user.pk)
    assert EmailAddress.objects.get().verified


def test_without_a_password_the_address_alone_is_enough(client: Client) -> None:
    sign_up(client, "mara@example.org")
    confirm(client, newest_code())

    user = User.objects.get()
    assert not user.has_usable_password()
    assert client.session["_auth_user_id"] == str(user.pk)


@pytest.mark.parametrize("written", ["{}{}", "{} {}", " {}-{} "])
def test_a6_the_code_may_be_pasted_in_any_spelling(client: Client, written: str) -> None:
    sign_up(client, "mara@example.org")
    confirm(client, written.format(*newest_code().split("-")))
    assert "_auth_user_id" in client.session


def test_a6_the_code_field_lets_the_browser_help(client: Client) -> None:
    sign_up(client, "mara@example.org")
    field = client.get("/accounts/confirm-email/").context["verify_form"]["code"].as_widget()
    assert 'autocomplete="one-time-code"' in field
    assert 'inputmode="numeric"' in field
    assert "maxlength" not in field
    assert "onpaste" not in field


def test_a5_nothing_is_asked_twice(client: Client) -> None:
    form = client.get("/accounts/signup/").context["form"]
    assert {"email2", "password2"}.isdisjoint(form.fields)


def test_the_reader_returns_to_the_story(client: Client) -> None:
    sign_up(client, "mara@example.org", next=STORY)
    assert confirm(client, newest_code()).headers["Location"] == STORY


def test_nobody_is_sent_to_another_site(client: Client) -> None:
    sign_up(client, "mara@example.org", next="https://elsewhere.example/trap")
    assert confirm(client, newest_code()).headers["Location"] == "/account/"


def test_the_page_to_sign_in_keeps_the_way_back(client: Client) -> None:
    page = client.get("/accounts/signup/", {"next": STORY})
    assert (
        page.context["login_url"]
        == "/accounts/login/?next=%2Farticles%2Fthe-tunnel-at-tessaly%2F%3Ffrom%3Dwall"
    )


def test_a_wrong_code_opens_nothing_and_three_end_it(client: Client) -> None:
    sign_up(client, "mara@example.org")
    right = newest_code()
    wrong = "0000-0000" if right != "0000-0000" else "1111-1111"
    for _ in range(3):
        confirm(client, wrong)
    confirm(client, right)
    assert "_auth_user_id" not in client.session
    assert not EmailAddress.objects.get().verified


def test_a_weak_password_is_refused_with_a_reason(client: Client) -> None:
    page = sign_up(client, "mara@example.org", "short")
    assert page.context["form"].errors["password1"] == [
        "This password is too short. It must contain at least 10 characters."
    ]
    assert not User.objects.exists()


def test_a_new_code_can_be_had(client: Client) -> None:
    sign_up(client, "mara@example.org")
    first = newest_code()
    client.post("/accounts/confirm-email/", {"action": "resend"})
    assert len(mail.outbox) == 2
    assert newest_code() != first
    confirm(client, newest_code())
    assert "_auth_user_id" in client.session


@pytest.mark.parametrize("spelling", ["known@example.org", "KNOWN@Example.ORG"])
@pytest.mark.parametrize("password", ["", PASSWORD])
def test_a_known_address_looks_just_like_a_new_one(client: Client, spelling: str, password: str) -> None:
    owner = UserFactory.create(email="known@example.org")
    known, unknown = client, Client()

    answers = [
        sign_up(known, spelling, password, next=STORY),
        sign_up(unknown, "fresh@example.org", password, next=STORY),
    ]
    pages = [
        visitor.get("/accounts/confirm-email/").content.decode().replace(address, "ADDRESS")
        for visitor, address in ((known, "known@example.org"), (unknown, "fresh@example.org"))
    ]
    wrong = [confirm(visitor, "0000-0000") for visitor in (known, unknown)]

    assert (answers[0].status_code, answers[0].headers["Location"]) == (
        answers[1].status_code,
        answers[1].headers["Location"],
    )
    assert without_tokens(pages[0]) == without_tokens(pages[1])
    assert wrong[0].status_code == wrong[1].status_code == 200
    assert (mail.outbox[0].to, mail.outbox[0].subject) == (
        ["known@example.org"],
        "You already have an account at EIR",
    )
    assert mail.outbox[1].to == ["fresh@example.org"]
    assert User.objects.filter(email__iexact="known@example.org").get() == owner
    assert owner.check_password(PASSWORD)


def test_who_only_gets_letters_is_told_that_the_account_is_there(client: Client) -> None:
    reader = UserFactory.create(email="known@example.org", password=None, is_mail_only=True)
    sign_up(client, "known@example.org")
    assert mail.outbox[0].subject == "Your account at EIR is ready: sign in with a code"
    reader.refresh_from_db()
    assert reader.is_mail_only


def without_tokens(page: str) -> str:
    return "\n".join(line for line in page.splitlines() if "csrfmiddlewaretoken" not in line)


def test_an_account_made_by_a_stranger_is_not_theirs_once_the_owner_comes(client: Client) -> None:
    stranger = Client()
    sign_up(stranger, "mara@example.org", "the stranger's phrase")

    client.post("/accounts/login/", {"login": "mara@example.org", "password": ""})
    client.post("/accounts/login/code/confirm/", {"code": newest_code()})

    owner = User.objects.get()
    assert client.session["_auth_user_id"] == str(owner.pk)
    assert not owner.has_usable_password()


def test_the_form_of_other_apps_is_part_of_the_page(client: Client) -> None:
    form = client.get("/accounts/signup/").context["form"]
    page = client.get("/accounts/signup/").content.decode()
    assert [name for name in form.fields if f'name="{name}"' not in page] == []
