"""Rules U3 to U6 at the literal address, and the way back."""

import re
from urllib.parse import urlsplit

import pytest
from django.test import Client

from accounts.models import AuditEntry
from newsletters.models import Preference
from newsletters.tokens import make_token, unsubscribe_url
from tests.factories.newsletters import make_reader, weekly

pytestmark = pytest.mark.django_db

FORM = "application/x-www-form-urlencoded"
ENCODINGS = [
    (FORM, "List-Unsubscribe=One-Click"),
    (
        "multipart/form-data; boundary=xyz",
        '--xyz\r\nContent-Disposition: form-data; name="List-Unsubscribe"\r\n\r\nOne-Click\r\n--xyz--\r\n',
    ),
]


@pytest.fixture
def stranger() -> Client:
    """A mail provider: no cookies, and form tokens are demanded as on the real site."""
    return Client(enforce_csrf_checks=True)


def path_for(user_id: int) -> str:
    return urlsplit(unsubscribe_url(make_token(user_id=user_id, newsletter_id=weekly().pk))).path


def is_wanted(user_id: int) -> bool:
    return Preference.objects.get(user_id=user_id).is_wanted


@pytest.mark.parametrize(("content_type", "body"), ENCODINGS)
def test_u3_u4_a_bare_post_unsubscribes_without_redirect_or_cookie(
    stranger: Client, content_type: str, body: str
) -> None:
    reader, other = make_reader(wants=True), make_reader(wants=True)
    response = stranger.generic("POST", path_for(reader.pk), body, content_type)
    assert response.status_code == 200
    assert "Location" not in response
    assert dict(response.cookies) == {}
    assert (is_wanted(reader.pk), is_wanted(other.pk)) == (False, True)


@pytest.mark.parametrize("method", ["GET", "HEAD"])
def test_u5_looking_changes_nothing_and_asks(stranger: Client, method: str) -> None:
    reader = make_reader(wants=True)
    response = stranger.generic(method, path_for(reader.pk))
    assert response.status_code == 200
    assert is_wanted(reader.pk) is True
    if method == "GET":
        assert 'name="List-Unsubscribe" value="One-Click"' in response.content.decode()


def test_u6_again_is_fine_and_an_unknown_token_gets_the_same_answer(stranger: Client) -> None:
    reader = make_reader(wants=True)
    known = path_for(reader.pk)
    gone = path_for(reader.pk + 1000)
    forged = re.sub(r"\.[^/]+/$", ".forged/", known)
    answers = []
    for path in (known, known, gone, forged):
        response = stranger.generic("POST", path, "List-Unsubscribe=One-Click", FORM)
        token = path.rstrip("/").rpartition("/")[2]
        answers.append((response.status_code, response.content.decode().replace(token, "TOKEN")))
    assert len(set(answers)) == 1
    assert answers[0][0] == 200
    assert AuditEntry.objects.filter(action="unsubscribe").count() == 1


def test_a_subscriber_without_a_choice_can_unsubscribe_too(stranger: Client) -> None:
    reader = make_reader(subscribes=True)
    stranger.generic("POST", path_for(reader.pk), "List-Unsubscribe=One-Click", FORM)
    assert is_wanted(reader.pk) is False


def test_the_page_offers_the_way_back(stranger: Client) -> None:
    reader = make_reader(wants=True)
    page = stranger.post(path_for(reader.pk)).content.decode()
    back = re.search(r'action="([^"]*/resubscribe/[^"]*)"', page)
    assert back is not None
    response = stranger.post(back[1])
    assert (response.status_code, is_wanted(reader.pk)) == (200, True)
    assert stranger.get(back[1]).status_code == 405


def test_the_address_is_not_indexed_kept_or_passed_on(stranger: Client) -> None:
    response = stranger.get(path_for(make_reader().pk))
    assert response["X-Robots-Tag"] == "noindex"
    assert response["Referrer-Policy"] == "no-referrer"
    assert "no-store" in response["Cache-Control"]
