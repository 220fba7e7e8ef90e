"""Staff make keys for programs, and revoke them."""

import re

import pytest
from django.contrib.messages import get_messages
from django.test import Client

from accounts.models import AuditEntry
from articles.actions.reading_keys import make_key, use_key
from articles.models import ReadingKey
from tests.factories.accounts import StaffFactory, SuperuserFactory, UserFactory, WriterFactory
from tests.factories.articles import NOW

pytestmark = pytest.mark.django_db

ADD, LIST = "/admin/articles/readingkey/add/", "/admin/articles/readingkey/"


@pytest.fixture
def desk(client: Client) -> Client:
    client.force_login(SuperuserFactory.create(email="chief@example.org"))
    return client


def test_a_key_is_shown_once_and_reads(desk: Client) -> None:
    reader = UserFactory.create()
    answer = desk.post(ADD, {"user": reader.pk, "name": "Reading room"})
    assert answer.status_code == 302
    message, *_ = [str(message) for message in get_messages(answer.wsgi_request)]
    found = re.search(r"The key is (\S+)\. Copy", message)
    assert found is not None
    key = use_key(found[1], kind=ReadingKey.Kind.API, at=NOW)
    assert key is not None
    assert (key.user, key.name) == (reader, "Reading room")
    assert found[1] in desk.get(LIST).text
    assert found[1] not in desk.get(LIST).text
    assert ReadingKey.objects.count() == 1
    [entry] = AuditEntry.objects.filter(action="make reading key")
    assert entry.by_label == "chief@example.org"


def test_the_eleventh_key_is_refused_with_a_reason(desk: Client) -> None:
    reader = UserFactory.create()
    for _ in range(10):
        make_key(user=reader, kind=ReadingKey.Kind.API, name="One of ten", at=NOW)
    answer = desk.post(ADD, {"user": reader.pk, "name": "One more"})
    assert "You have 10 already." in answer.text
    assert ReadingKey.objects.count() == 10


def test_a_key_is_revoked_from_the_list_and_neither_edited_nor_deleted(desk: Client) -> None:
    key, secret = make_key(user=UserFactory.create(), kind=ReadingKey.Kind.API, name="Lost", at=NOW)
    desk.post(LIST, {"action": "revoke", "_selected_action": [key.pk]})
    assert use_key(secret, kind=ReadingKey.Kind.API, at=NOW) is None
    assert desk.get(f"{LIST}{key.pk}/change/").status_code == 200
    assert desk.post(f"{LIST}{key.pk}/change/", {"name": "Found"}).status_code == 403
    assert desk.post(f"{LIST}{key.pk}/delete/", {"post": "yes"}).status_code == 403


@pytest.mark.parametrize("factory", [WriterFactory, StaffFactory])
def test_keys_are_not_for_every_member_of_staff(client: Client, factory: type[UserFactory]) -> None:
    client.force_login(factory.create())
    assert [client.get(path).status_code for path in (ADD, LIST)] == [403, 403]
