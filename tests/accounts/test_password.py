"""Resetting, setting and changing a password."""

import pytest
from django.core import mail
from django.test import Client

from tests.accounts.conftest import newest_code, sign_in
from tests.accounts.test_signup import without_tokens
from tests.factories.accounts import PASSWORD, UserFactory

pytestmark = pytest.mark.django_db

NEW = "the tide turns at seven"


def test_reset_by_code_signs_in_and_returns_to_the_story(client: Client) -> None:
    user = UserFactory.create()
    story = {"next": "/articles/the-tunnel-at-tessaly/"}
    client.post("/accounts/password/reset/", {"email": user.email, **story})
    answer = client.post("/accounts/password/reset/confirm/", {"code": newest_code(), **story})
    assert (
        answer.headers["Location"]
        == "/accounts/password/reset/complete/?next=%2Farticles%2Fthe-tunnel-at-tessaly%2F"
    )
    answer = client.post("/accounts/password/reset/complete/", {"password1": NEW, **story})
    user.refresh_from_db()
    assert user.check_password(NEW)
    assert answer.headers["Location"] == story["next"]
    assert client.session["_auth_user_id"] == str(user.pk)
    assert mail.outbox[-1].subject == "You have a new password at EIR"


def test_reset_looks_alike_for_known_and_unknown(client: Client) -> None:
    visitors = {UserFactory.create().email: client, "nobody@example.org": Client()}
    answers = [
        visitor.post("/accounts/password/reset/", {"email": address}) for address, visitor in visitors.items()
    ]
    pages = [
        visitor.get("/accounts/password/reset/confirm/").content.decode().replace(address, "ADDRESS")
        for address, visitor in visitors.items()
    ]
    assert (
        answers[0].headers["Location"]
        == answers[1].headers["Location"]
        == "/accounts/password/reset/confirm/"
    )
    assert without_tokens(pages[0]) == without_tokens(pages[1])
    assert mail.outbox[1].subject == "No account at EIR with this address"


def test_without_the_code_there_is_no_new_password(client: Client) -> None:
    user = UserFactory.create()
    client.post("/accounts/password/reset/", {"email": user.email})
    client.post("/accounts/password/reset/complete/", {"password1": NEW})
    user.refresh_from_db()
    assert user.check_password(PASSWORD)


def test_a_change_is_told_and_signs_out_every_other_device(client: Client) -> None:
    user, elsewhere = UserFactory.create(), Client()
    sign_in(client, user)
    sign_in(elsewhere, user)
    client.post("/accounts/password/change/", {"oldpassword": PASSWORD, "password1": NEW})
    assert mail.outbox[-1].subject == "Your password at EIR has changed"
    assert client.get("/accounts/profile/").status_code == 200
    assert elsewhere.get("/accounts/profile/").status_code == 302


def test_a_change_needs_the_present_password(client: Client) -> None:
    user = UserFactory.create()
    sign_in(client, user)
    page = client.post("/accounts/password/change/", {"oldpassword": "a guess of mine", "password1": NEW})
    assert page.context["form"].errors == {"oldpassword": ["That is not your present password."]}
    user.refresh_from_db()
    assert user.check_password(PASSWORD)


def test_who_signs_in_by_code_may_add_a_password(client: Client) -> None:
    user = UserFactory.create(password=None)
    client.post("/accounts/login/", {"login": user.email, "password": ""})
    client.post("/accounts/login/code/confirm/", {"code": newest_code()})
    assert client.get("/accounts/password/change/").headers["Location"] == "/accounts/password/set/"
    client.post("/accounts/password/set/", {"password1": NEW})
    user.refresh_from_db()
    assert user.check_password(NEW)
