"""What tests of the public site share: a fixed clock and readers of each kind."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import timedelta

import pytest
import time_machine
from django.test import Client

from subscriptions.models import Grant, Source
from tests.factories.accounts import UserFactory
from tests.factories.articles import NOW


@pytest.fixture
def clock() -> Iterator[time_machine.Traveller]:
    """The site's tests happen at `NOW`, until a test moves on."""
    with time_machine.travel(NOW, tick=False) as traveller:
        yield traveller


@dataclass(frozen=True)
class Readers:
    """A browser for each kind of reader."""

    visitor: Client
    registered: Client
    subscriber: Client


@pytest.fixture
def readers(db: None, clock: time_machine.Traveller) -> Readers:
    registered, subscriber = Client(), Client()
    registered.force_login(UserFactory.create())
    paying = UserFactory.create()
    Grant.objects.create(
        user=paying, source=Source.COMP, starts_at=NOW - timedelta(days=9), reason="A gift of the house."
    )
    subscriber.force_login(paying)
    return Readers(Client(), registered, subscriber)
