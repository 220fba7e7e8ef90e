"""Authenticator apps, recovery codes, and the newsroom that opens only after them."""

from typing import Any

import pytest
from allauth.mfa.models import Authenticator
from allauth.mfa.recovery_codes.internal.auth import RecoveryCodes
from django.core import mail
from django.test import Client
from pytest_django.fixtures import Settings

from accounts.models import User
from accounts.second_factor import SecondFactorAdapter
from tests.accounts.conftest import app_code, sign_in
from tests.factories.accounts import (
    PASSWORD,
    StaffFactory,
    SuperuserFactory,
    UserFactory,
    add_authenticator_app,
)

pytestmark = pytest.mark.django_db


def signed_in(client: Client) -> bool:
    return "_auth_user_id" in client.session


def test_setting_up_an_app(client: Client) -> None:
    user = UserFactory.create()
    sign_in(client, user)
    client.post("/accounts/reauthenticate/", {"password": PASSWORD})
    secret = client.get("/accounts/2fa/totp/activate/").context["form"].secret
    client.post("/accounts/2fa/totp/activate/", {"code": app_code(secret)})
    assert set(Authenticator.objects.filter(user=user).values_list("type", flat=True)) == {
        "totp",
        "recovery_codes",
    }


def test_setting_up_is_told(client: Client, django_capture_on_commit_callbacks: Any) -> None:
    sign_in(client, UserFactory.create())
    client.post("/accounts/reauthenticate/", {"password": PASSWORD})
    secret = client.get("/accounts/2fa/totp/activate/").context["form"].secret
    with django_capture_on_commit_callbacks(execute=True):
        client.post("/accounts/2fa/totp/activate/", {"code": app_code(secret)})
    assert [message.subject for message in mail.outbox] == ["Two-step sign-in is on"]


def test_the_secret_is_not_readable_in_the_database() -> None:
    user = UserFactory.create()
    secret = add_authenticator_app(user)
    kept = Authenticator.objects.get(user=user).data["secret"]
    assert kept != secret
    assert secret not in kept
    assert SecondFactorAdapter().decrypt(kept) == secret


def test_a_secret_outlives_the_key_it_was_written_under(settings: Settings) -> None:
    kept = SecondFactorAdapter().encrypt("seed")
    settings.SECRET_KEY_FALLBACKS = [settings.SECRET_KEY]
    settings.SECRET_KEY = "another key, forty characters long or more than that"
    assert SecondFactorAdapter().decrypt(kept) == "seed"


def test_the_password_alone_no_longer_signs_in(client: Client) -> None:
    user = UserFactory.create()
    secret = add_authenticator_app(user)
    sign_in(client, user)
    assert not signed_in(client)
    client.post("/accounts/2fa/authenticate/", {"code": app_code(secret)})
    assert signed_in(client)


def test_a_recovery_code_signs_in_once(client: Client) -> None:
    user = UserFactory.create()
    add_authenticator_app(user)
    code = RecoveryCodes.activate(user).get_unused_codes()[0]
    for visitor, expected in ((client, True), (Client(), False)):
        sign_in(visitor, user)
        visitor.post("/accounts/2fa/authenticate/", {"code": code})
        assert signed_in(visitor) is expected


def test_a_new_passkey_is_called_after_the_browser(client: Client) -> None:
    sign_in(client, UserFactory.create())
    client.post("/accounts/reauthenticate/", {"password": PASSWORD})
    firefox = "Mozilla/5.0 (X11; Linux x86_64; rv:140.0) Gecko/20100101 Firefox/140.0"
    page = client.get("/accounts/2fa/webauthn/add/", headers={"user-agent": firefox})
    assert page.context["form"]["name"].value() == "Firefox on Linux"


# ------------------------------------------------------------------ the newsroom


@pytest.fixture
def editor(client: Client, settings: Settings) -> User:
    settings.STAFF_MFA_REQUIRED = True
    user: User = SuperuserFactory.create()
    sign_in(client, user)
    return user


def test_staff_without_a_second_factor_are_led_to_set_one_up(client: Client, editor: User) -> None:
    answer = client.get("/admin/", follow=True)
    assert answer.redirect_chain == [("/accounts/2fa/", 302)]
    assert "The newsroom opens only after two-step sign-in." in answer.content.decode()


@pytest.mark.parametrize(
    "address", ["/admin/", "/admin/accounts/user/", "/admin/accounts/user/add/", "/admin/jsi18n/"]
)
def test_no_page_of_the_newsroom_opens_before(client: Client, editor: User, address: str) -> None:
    assert client.get(address).headers["Location"] == "/accounts/2fa/"


def test_only_the_newsroom_is_shut(client: Client, editor: User) -> None:
    assert client.get("/accounts/profile/").status_code == 200
    assert client.get("/accounts/2fa/").status_code == 200


def test_a_session_older_than_the_second_factor_proves_it_first(client: Client, editor: User) -> None:
    secret = add_authenticator_app(editor)
    answer = client.get("/admin/accounts/user/")
    assert answer.headers["Location"] == "/accounts/2fa/reauthenticate/?next=%2Fadmin%2Faccounts%2Fuser%2F"
    answer = client.post(
        "/accounts/2fa/reauthenticate/", {"code": app_code(secret), "next": "/admin/accounts/user/"}
    )
    assert answer.headers["Location"] == "/admin/accounts/user/"
    assert client.get("/admin/accounts/user/").status_code == 200


def test_setting_up_the_first_factor_opens_the_newsroom_at_once(
    client: Client, editor: User, monkeypatch: pytest.MonkeyPatch
) -> None:
    client.post("/accounts/reauthenticate/", {"password": PASSWORD})
    secret = client.get("/accounts/2fa/totp/activate/").context["form"].secret
    # A test's transaction never commits; in the request the commit comes before the session is saved.
    monkeypatch.setattr("django.db.transaction.on_commit", lambda call: call())
    client.post("/accounts/2fa/totp/activate/", {"code": app_code(secret)})
    assert client.get("/admin/").status_code == 200


@pytest.mark.parametrize(
    "address", ["2fa/webauthn/add/", "2fa/totp/deactivate/", "2fa/recovery-codes/generate/"]
)
def test_a_password_alone_cannot_replace_a_second_factor(client: Client, editor: User, address: str) -> None:
    add_authenticator_app(editor)
    client.post("/accounts/reauthenticate/", {"password": PASSWORD})
    answer = client.get(f"/accounts/{address}")
    assert answer.headers["Location"].startswith("/accounts/2fa/reauthenticate/?next=")


def test_signing_in_with_both_steps_opens_the_newsroom(editor: User) -> None:
    secret, visitor = add_authenticator_app(editor), Client()
    sign_in(visitor, editor)
    visitor.post("/accounts/2fa/authenticate/", {"code": app_code(secret)})
    assert visitor.get("/admin/").status_code == 200


def test_a_recovery_code_alone_is_no_second_factor(client: Client, editor: User) -> None:
    RecoveryCodes.activate(editor)
    assert client.get("/admin/").headers["Location"] == "/accounts/2fa/"


def test_with_the_setting_off_one_step_is_enough(client: Client, editor: User, settings: Settings) -> None:
    settings.STAFF_MFA_REQUIRED = False
    assert client.get("/admin/").status_code == 200


def test_staff_sign_in_where_everyone_does(client: Client) -> None:
    assert client.get("/admin/accounts/user/", follow=True).redirect_chain == [
        ("/admin/login/?next=/admin/accounts/user/", 302),
        ("/accounts/login/?next=%2Fadmin%2Faccounts%2Fuser%2F", 302),
    ]


def test_the_login_form_of_the_admin_takes_no_password(client: Client) -> None:
    user = StaffFactory.create()
    client.post("/admin/login/", {"username": user.email, "password": PASSWORD})
    assert not signed_in(client)


def test_a_reader_is_not_let_into_the_newsroom(client: Client, settings: Settings) -> None:
    settings.STAFF_MFA_REQUIRED = True
    sign_in(client, UserFactory.create())
    assert client.get("/admin/", follow=True).status_code == 403
