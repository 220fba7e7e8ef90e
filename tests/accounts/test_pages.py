"""Every account page opens, in the site's design, under the site's content policy."""

import re

import pytest
from bs4 import BeautifulSoup
from django.test import Client

from accounts.models import User
from tests.accounts.conftest import sign_in
from tests.factories.accounts import PASSWORD, UserFactory, add_authenticator_app

pytestmark = pytest.mark.django_db

ENTRANCES = ["login/", "signup/", "login/code/", "password/reset/", "inactive/"]
ROOMS = [
    "profile/", "email/", "password/change/", "logout/", "sessions/", "reauthenticate/", "2fa/",
    "2fa/totp/activate/", "2fa/webauthn/", "2fa/webauthn/add/",
]  # fmt: skip
ROOMS_WITH_APP = ["2fa/", "2fa/totp/deactivate/", "2fa/recovery-codes/generate/", "2fa/reauthenticate/"]


def assert_page_is_sound(client: Client, address: str) -> BeautifulSoup:
    answer = client.get(f"/accounts/{address}")
    assert answer.status_code == 200, answer.headers.get("Location")
    text = answer.content.decode()
    page = BeautifulSoup(text, "html.parser")
    assert len(page.find_all("h1")) == 1
    assert page.select_one("main#main h1") is not None
    assert re.search(r"\son\w+=|\sstyle=|javascript:", text) is None
    code = [script for script in page.find_all("script") if not script.get("src")]
    assert {script.get("type") for script in code} <= {"application/json"}
    assert "unsafe-inline" not in answer.headers["Content-Security-Policy"]
    for control in page.select("main input:not([type=hidden]):not([aria-hidden])"):
        assert page.select_one(f'label[for="{control["id"]}"]') is not None, control
    return page


@pytest.mark.parametrize("address", ENTRANCES)
def test_entrances(client: Client, address: str) -> None:
    assert_page_is_sound(client, address)


@pytest.mark.parametrize("address", ROOMS)
def test_rooms(client: Client, address: str) -> None:
    sign_in(client, UserFactory.create())
    client.post("/accounts/reauthenticate/", {"password": PASSWORD})
    page = assert_page_is_sound(client, address)
    if address != "reauthenticate/":
        assert page.select_one('nav[aria-label="Your account"]') is not None


@pytest.mark.parametrize("address", ROOMS_WITH_APP)
def test_rooms_of_who_has_an_app(client: Client, address: str) -> None:
    user = UserFactory.create()
    sign_in(client, user)
    client.post("/accounts/reauthenticate/", {"password": PASSWORD})
    add_authenticator_app(user)
    assert_page_is_sound(client, address)


@pytest.mark.parametrize("address", ROOMS)
def test_rooms_are_closed_to_visitors(client: Client, address: str) -> None:
    answer = client.get(f"/accounts/{address}")
    assert answer.status_code == 302


def test_the_navigation_says_where_one_is(client: Client) -> None:
    sign_in(client, UserFactory.create())
    page = assert_page_is_sound(client, "sessions/")
    assert [link.get_text() for link in page.select('nav.account__nav a[aria-current="page"]')] == [
        "Sessions"
    ]


def test_the_name_can_be_set_and_taken_away(client: Client) -> None:
    user = UserFactory.create(name="")
    sign_in(client, user)
    for given, kept in (("  Mara Ilves ", "Mara Ilves"), ("", "")):
        client.post("/accounts/profile/", {"name": given})
        assert User.objects.get(pk=user.pk).name == kept


@pytest.mark.parametrize(
    "address", ["/accounts/profile/", "/accounts/email/", "/account/newsletters/", "/subscribe/"]
)
def test_a_page_made_for_someone_signed_in_is_kept_nowhere(client: Client, address: str) -> None:
    sign_in(client, UserFactory.create())
    kept = set(client.get(address)["Cache-Control"].split(", "))
    assert {"private", "no-store"} <= kept
    assert "public" not in kept
