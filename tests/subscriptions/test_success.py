"""What a reader is told after the till, and payments that take their time (rules S10, S12)."""

import urllib.request
from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest
from bs4 import BeautifulSoup
from django.test import Client
from django.utils import timezone
from django.utils.formats import date_format

from accounts.models import User
from subscriptions.actions.checkouts import (
    PaymentPending,
    ensure_customer,
    settle_checkout,
    start_checkout,
)
from subscriptions.gateways import fetch_session
from subscriptions.models import Checkout, Invoice, Payment, Plan, Subscription
from subscriptions.orders import Order
from subscriptions.queries import grants_of
from tests.subscriptions.conftest import Till, deliver
from tests.subscriptions.test_orders import AT_HOME, on_sale

pytestmark = pytest.mark.django_db(transaction=True)

ARRIVES, BOUNCES = "DE89370400440532013000", "DE62370400440532013001"


@pytest.fixture
def browser(reader: User) -> Client:
    client = Client()
    client.force_login(reader)
    return client


def success(browser: Client, checkout: Checkout, **more: str) -> Any:
    return browser.get("/subscribe/success/", {"session_id": checkout.stripe_id, **more})


def words(page: Any, selector: str) -> list[str]:
    soup = BeautifulSoup(page.content, "html.parser")
    return [" ".join(tag.get_text().split()) for tag in soup.select(selector)]


def facts(page: Any) -> dict[str, str]:
    return dict(zip(words(page, ".facts dt"), words(page, ".facts dd"), strict=True))


def start(reader: User, order: Order) -> Checkout:
    return start_checkout(user=reader, order=order, at=timezone.now())


def start_with_debit(till: Till, reader: User, plan: Plan) -> Checkout:
    """A session on which the reader may also pay from a bank account, as the Dashboard can allow."""
    session = till.v1.checkout.sessions.create(
        {
            "mode": "subscription",
            "customer": ensure_customer(user=reader).stripe_id,
            "client_reference_id": str(reader.pk),
            "line_items": [{"price": plan.stripe_price_id, "quantity": 1}],
            "payment_method_types": ["card", "sepa_debit"],
            "success_url": "http://127.0.0.1/",
        }
    )
    now = timezone.now()
    return Checkout.objects.create(
        user=reader,
        plan=plan,
        stripe_id=session.id,
        price_id=plan.stripe_price_id,
        amount=plan.amount,
        url=session.url,
        created_at=now - timedelta(seconds=5),
        expires_at=now + timedelta(hours=1),
    )


class TestSuccess:
    def test_it_says_what_was_bought_until_when_and_where_the_receipt_is(
        self, till: Till, browser: Client, reader: User
    ) -> None:
        plan = on_sale("done", has_print=True, currency="eur", amount=1250)
        checkout = start(reader, Order(plan, return_path="/articles/tide/"))
        till.pay(checkout.url, **AT_HOME)
        page = success(browser, checkout)
        end = date_format(timezone.localtime(Subscription.objects.get().period_end_at), "F j, Y")
        assert facts(page) == {
            "Plan": "Done",
            "Price": "€12.50 a month",
            "Paid today": "€12.50",
            "Paid until": f"{end}, then it renews by itself",
            "By post to": "Rafe Idunsen, Quay 4, 10115, Saldane, DE",
            "Receipt": f"Invoice {Invoice.objects.get().number}",
        }
        assert words(page, ".row .button")[0] == "Back to your story"

    def test_a_trial_says_when_the_first_charge_comes(
        self, till: Till, browser: Client, reader: User
    ) -> None:
        checkout = start(reader, Order(on_sale("done-trial", trial_days=14)))
        till.pay(checkout.url)
        page = success(browser, checkout)
        bought = Subscription.objects.get()
        assert bought.trial_end_at is not None
        end = date_format(timezone.localtime(bought.trial_end_at), "F j, Y")
        assert facts(page) == {
            "Plan": "Done-Trial",
            "Price": "$9 a month",
            "Free until": f"{end}; then the first charge, unless you cancel before",
        }

    def test_a_closed_session_says_so(self, till: Till, browser: Client, reader: User, plan: Plan) -> None:
        checkout = start(reader, Order(plan))
        till.v1.checkout.sessions.expire(checkout.stripe_id)
        assert words(success(browser, checkout), "h1") == ["This payment page has closed"]


class TestWaiting:
    def test_the_page_looks_again_by_itself_ever_later_and_not_for_ever(
        self, till: Till, browser: Client, reader: User, plan: Plan
    ) -> None:
        checkout = start(reader, Order(plan))
        metas = []
        for look in ("0", "1", "7", "8", "nonsense"):
            soup = BeautifulSoup(success(browser, checkout, look=look).content, "html.parser")
            tag = soup.select_one('meta[http-equiv="refresh"]')
            metas.append(tag["content"] if tag else None)
        address = f"/subscribe/success/?session_id={checkout.stripe_id}&look="
        assert metas == [f"5; url={address}1", f"10; url={address}2", f"640; url={address}8", None, None]

    def test_s10_complete_but_unpaid_gives_nothing(self, till: Till, reader: User, plan: Plan) -> None:
        checkout = start(reader, Order(plan))
        till.pay(checkout.url)
        unpaid = replace(fetch_session(checkout.stripe_id), payment_status="unpaid")
        settle_checkout(checkout=checkout, session=unpaid, at=timezone.now())
        checkout.refresh_from_db()
        assert (checkout.state, Subscription.objects.count()) == (Checkout.State.OPEN, 0)
        assert grants_of(reader, at=timezone.now()) == ()

    def test_s12_a_debit_on_its_way_gives_nothing_and_is_not_asked_for_twice(
        self, till: Till, browser: Client, reader: User, plan: Plan
    ) -> None:
        checkout = start_with_debit(till, reader, plan)
        assert till.pay(checkout.url, pay_by="sepa_debit", iban=ARRIVES) == 303
        session = till.v1.checkout.sessions.retrieve(checkout.stripe_id)
        assert (session.status, session.payment_status) == ("complete", "unpaid")
        assert words(success(browser, checkout), "h1") == ["Waiting for your payment"]
        assert grants_of(reader, at=timezone.now()) == ()
        with pytest.raises(PaymentPending):
            start(reader, Order(plan))

        deliver("checkout.session.async_payment_succeeded", paid(till, checkout), f"evt_{checkout.stripe_id}")
        checkout.refresh_from_db()
        assert (checkout.state, len(grants_of(reader, at=timezone.now()))) == (Checkout.State.COMPLETE, 1)

    def test_s12_a_debit_that_bounces_says_so_and_lets_try_again(
        self, till: Till, browser: Client, reader: User, plan: Plan
    ) -> None:
        checkout = start_with_debit(till, reader, plan)
        assert till.pay(checkout.url, pay_by="sepa_debit", iban=BOUNCES) == 303
        tick(till)
        session = till.v1.checkout.sessions.retrieve(checkout.stripe_id).to_dict()
        deliver("checkout.session.async_payment_failed", session, f"evt_{checkout.stripe_id}")
        charge = till.v1.charges.list({"customer": ensure_customer(user=reader).stripe_id}).data[0]
        deliver("charge.failed", charge.to_dict(), f"evt_{charge.id}")
        assert Payment.objects.get().status == "failed"
        page = success(browser, checkout)
        assert words(page, "h1") == ["Your payment did not go through"]
        assert grants_of(reader, at=timezone.now()) == ()


def tick(till: Till) -> None:
    """Let the sandbox do what is due within the next two minutes."""
    until = int((timezone.now() + timedelta(minutes=2)).timestamp())
    urllib.request.urlopen(f"{till.url}/sandbox/tick?at={until}", data=b"").close()


def paid(till: Till, checkout: Checkout) -> dict[str, Any]:
    tick(till)
    session: dict[str, Any] = till.v1.checkout.sessions.retrieve(checkout.stripe_id).to_dict()
    assert session["payment_status"] == "paid"
    return session
