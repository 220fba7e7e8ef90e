"""Keys for a reader's own programs: kept as digests, used while they and their account live (rule F7)."""

from datetime import timedelta
from hashlib import sha256

import pytest
from pytest_django import DjangoAssertNumQueries

from accounts.models import AuditEntry, User
from articles.actions.reading_keys import KEYS_AT_ONCE, CannotMakeKey, make_key, revoke_key, use_key
from articles.models import ReadingKey
from subscriptions.models import Grant, Source
from tests.factories.accounts import UserFactory
from tests.factories.articles import NOW

pytestmark = pytest.mark.django_db

FEED, API = ReadingKey.Kind.FEED, ReadingKey.Kind.API
MINUTE = timedelta(minutes=1)


def subscriber() -> User:
    user = UserFactory.create()
    Grant.objects.create(user=user, source=Source.COMP, starts_at=NOW - timedelta(days=9), reason="A gift.")
    return user


def test_a_key_is_kept_as_a_digest_and_written_down_without_its_secret() -> None:
    user = subscriber()
    key, secret = make_key(user=user, kind=FEED, name="Reader on the train", at=NOW)
    assert len(secret) == 43
    assert key.digest == sha256(secret.encode()).hexdigest()
    assert secret not in str(ReadingKey.objects.values_list().get())
    entry = AuditEntry.about(key).get()
    assert (entry.action, entry.by, entry.reason) == ("make reading key", user, "personal feed")
    assert secret not in str(AuditEntry.objects.values_list().get())


def test_only_its_secret_finds_it_and_only_for_its_kind(
    django_assert_num_queries: DjangoAssertNumQueries,
) -> None:
    key, secret = make_key(user=subscriber(), kind=FEED, name="A", at=NOW)
    assert use_key(secret, kind=FEED, at=NOW) == key
    with django_assert_num_queries(1):
        found = use_key(secret, kind=FEED, at=NOW + MINUTE)
        assert found is not None
        assert found.user == key.user
    wrong = [secret[:-1], secret + "A", secret.swapcase(), key.digest, "", "\x00", "%"]
    assert [use_key(text, kind=FEED, at=NOW) for text in wrong] == [None] * len(wrong)
    assert use_key(secret, kind=API, at=NOW) is None


def test_the_last_use_is_known_to_five_minutes() -> None:
    key, secret = make_key(user=subscriber(), kind=API, name="A", at=NOW)
    noted = []
    for minutes in (0, 4, 5, 9, 11):
        use_key(secret, kind=API, at=NOW + minutes * MINUTE)
        key.refresh_from_db()
        noted.append(key.last_used_at)
    assert noted == [NOW, NOW, NOW + 5 * MINUTE, NOW + 5 * MINUTE, NOW + 11 * MINUTE]


def test_a_revoked_key_opens_nothing_and_is_revoked_once() -> None:
    user = subscriber()
    key, secret = make_key(user=user, kind=FEED, name="A", at=NOW)
    revoke_key(key=key, by=user, at=NOW + MINUTE)
    revoke_key(key=key, by=user, at=NOW + 2 * MINUTE)
    assert use_key(secret, kind=FEED, at=NOW + MINUTE) is None
    assert key.revoked_at == NOW + MINUTE
    assert AuditEntry.about(key).filter(action="revoke reading key").count() == 1


def test_the_key_of_a_closed_account_opens_nothing() -> None:
    user = subscriber()
    _, secret = make_key(user=user, kind=API, name="A", at=NOW)
    User.objects.filter(pk=user.pk).update(is_active=False)
    assert use_key(secret, kind=API, at=NOW) is None


def test_a_personal_feed_is_for_those_who_may_read_more_than_everyone() -> None:
    user = UserFactory.create()
    with pytest.raises(CannotMakeKey, match="Personal feeds are for subscribers"):
        make_key(user=user, kind=FEED, name="A", at=NOW)
    assert ReadingKey.objects.count() == 0


def test_ten_keys_of_a_kind_are_enough_and_a_revoked_one_makes_room() -> None:
    user = subscriber()
    keys = [make_key(user=user, kind=FEED, name=str(n), at=NOW)[0] for n in range(KEYS_AT_ONCE)]
    with pytest.raises(CannotMakeKey, match="Revoke one"):
        make_key(user=user, kind=FEED, name="One more", at=NOW)
    make_key(user=user, kind=API, name="Of another kind", at=NOW)
    revoke_key(key=keys[0], by=user, at=NOW)
    make_key(user=user, kind=FEED, name="One more", at=NOW)
