"""Where someone is signed in."""

import pytest
from django.test import Client

from accounts.browsers import browser_name
from tests.accounts.conftest import sign_in
from tests.factories.accounts import UserFactory

pytestmark = pytest.mark.django_db


def test_signing_out_the_others_leaves_this_one(client: Client) -> None:
    user, elsewhere, stranger = UserFactory.create(), Client(), Client()
    sign_in(client, user)
    sign_in(elsewhere, user)
    sign_in(stranger, UserFactory.create())
    for visitor in (client, elsewhere, stranger):
        visitor.get("/accounts/profile/")  # a session is listed once it has been used
    assert client.get("/accounts/sessions/").context["session_count"] == 2

    client.post("/accounts/sessions/")

    assert client.get("/accounts/profile/").status_code == 200
    assert elsewhere.get("/accounts/profile/").status_code == 302
    assert stranger.get("/accounts/profile/").status_code == 200


@pytest.mark.parametrize(
    ("header", "words"),
    [
        ("Mozilla/5.0 (X11; Linux x86_64; rv:140.0) Gecko/20100101 Firefox/140.0", "Firefox on Linux"),
        (
            "Mozilla/5.0 (Windows NT 10.0) AppleWebKit/537.36 Chrome/140.0 Safari/537.36 Edg/140.0",
            "Edge on Windows",
        ),
        (
            "Mozilla/5.0 (Linux; Android 15) AppleWebKit/537.36 Chrome/140.0 Mobile Safari/537.36",
            "Chrome on Android",
        ),
        (
            "Mozilla/5.0 (iPhone; CPU iPhone OS 18_0 like Mac OS X) Version/18.0 Safari/604.1",
            "Safari on iPhone",
        ),
        ("Mozilla/5.0 (Macintosh; Intel Mac OS X 15_0) Version/18.0 Safari/605.1", "Safari on Mac"),
        ("curl/8.9", "Some browser"),
        ("", "Some browser"),
    ],
)
def test_browsers_are_named_in_words(header: str, words: str) -> None:
    assert browser_name(header) == words
