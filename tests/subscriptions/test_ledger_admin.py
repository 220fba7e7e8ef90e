"""Stripe's objects in the admin: everything can be read, nothing written."""

import pytest
from django.test import Client
from django.utils import timezone

from accounts.models import User
from accounts.roles import PUBLISHER
from subscriptions.actions.books import sync_customer
from subscriptions.actions.checkouts import ensure_customer
from subscriptions.models import Customer, Dispute, Invoice, Payment, Plan, StripeEvent, Subscription
from tests.factories.desk import person
from tests.subscriptions.conftest import Till, event_about, store

pytestmark = pytest.mark.django_db

ROWS = (Customer, Subscription, Invoice, Payment, Dispute, StripeEvent)


@pytest.fixture
def books(till: Till, reader: User, plan: Plan) -> None:
    """One row of each kind."""
    till.subscribe(reader, plan)
    sync_customer(customer=ensure_customer(user=reader), at=timezone.now())
    store(event_about("customer.updated", {"id": "cus_1", "object": "customer"}, "evt_1"))
    Dispute.objects.create(
        payment=Payment.objects.get(),
        stripe_id="du_1",
        status="needs_response",
        reason="fraudulent",
        amount=900,
        currency="usd",
        opened_at=timezone.now(),
    )


@pytest.mark.parametrize("model", ROWS, ids=lambda model: model.__name__)
def test_rows_are_shown_and_cannot_be_changed(books: None, model: type[Customer]) -> None:
    browser = Client()
    browser.force_login(person(PUBLISHER))
    row, kind = model.objects.get(), model.__name__.lower()
    base = f"/admin/subscriptions/{kind}/"
    answers = [browser.get(f"{base}{page}").status_code for page in ("", f"{row.pk}/change/", "add/")]
    assert answers == [200, 200, 403]
    assert browser.post(f"{base}{row.pk}/change/", {"stripe_id": "forged"}).status_code == 403
    assert browser.post(f"{base}{row.pk}/delete/", {"post": "yes"}).status_code == 403
    assert model.objects.get().stripe_id == row.stripe_id
