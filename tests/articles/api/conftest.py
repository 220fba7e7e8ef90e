"""Programs that ask the API: one without a key, and one with the key of each kind of reader."""

from dataclasses import dataclass
from datetime import timedelta
from typing import Any

import pytest
import time_machine
from django.core.cache import cache
from django.test import Client

from accounts.models import User
from articles.actions.reading_keys import make_key
from articles.models import ReadingKey
from subscriptions.models import Grant, Source
from tests.factories.accounts import StaffFactory, UserFactory
from tests.factories.articles import NOW


class Program(Client):
    """Sends its key with every request."""

    def __init__(self, user: User, kind: ReadingKey.Kind = ReadingKey.Kind.API) -> None:
        self.key, secret = make_key(user=user, kind=kind, name="A reading room", at=NOW - timedelta(days=1))
        super().__init__(headers={"Authorization": f"Bearer {secret}"})

    def ask(self, path: str, **query: object) -> Any:
        """What is answered below /api/v1/."""
        answer = self.get(f"/api/v1/{path}", {name: str(value) for name, value in query.items()})
        assert answer.status_code == 200, answer.text
        return answer.json()


@dataclass(frozen=True)
class Programs:
    keyless: Client
    registered: Program
    lapsed: Program
    subscriber: Program
    staff: Program


def grant(user: User, **fields: object) -> User:
    Grant.objects.create(
        user=user,
        **{"source": Source.COMP, "starts_at": NOW - timedelta(days=9), "reason": "You subscribe.", **fields},
    )
    return user


@pytest.fixture
def programs(db: None, clock: time_machine.Traveller) -> Programs:
    cache.clear()
    return Programs(
        keyless=Client(),
        registered=Program(UserFactory.create()),
        lapsed=Program(grant(UserFactory.create(), ends_at=NOW)),
        subscriber=Program(grant(UserFactory.create())),
        staff=Program(StaffFactory.create()),
    )
