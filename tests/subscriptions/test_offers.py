"""Codes, and offers to readers who leave or have left: mirrored in Stripe, shown once, taken once."""

from datetime import datetime, timedelta
from typing import Any
from uuid import uuid4

import pytest
from django.test import Client
from django.utils import timezone

from accounts.models import User
from subscriptions.actions.checkouts import finish_checkout, start_checkout
from subscriptions.actions.offers import OfferGone, show_offer, sync_offers, take_offer
from subscriptions.models import Checkout, Invoice, Offer, OfferShowing, Plan, Status, Subscription
from subscriptions.offers import offer_for, with_redemptions
from subscriptions.orders import Order
from tests.subscriptions.conftest import Till

pytestmark = pytest.mark.django_db(transaction=True)

NOW = timezone.now()
DAY = timedelta(days=1)


def make_offer(*plans: Plan, is_synced: bool = True, **values: Any) -> Offer:
    # Stripe remembers idempotency keys for a day, so every test's offer is new to it.
    terms = {"name": f"Spring {uuid4().hex[:8]}", "percent_off": 50} | values
    if terms.get("kind", Offer.Kind.CODE) == Offer.Kind.CODE:
        terms.setdefault("code", f"SPRING-{uuid4().hex[:8]}")
    offer = Offer.objects.create(**terms)
    offer.plans.set(plans)
    if is_synced:
        sync()
    offer.refresh_from_db()
    return offer


def sync(at: datetime = NOW) -> list[str]:
    return list(sync_offers(at=at))


def subscribe(till: Till, reader: User, plan: Plan, *, code: str = "") -> Subscription:
    checkout = start_checkout(user=reader, order=Order(plan), at=timezone.now())
    if code:
        assert till.type_code(checkout.url, code) == 303
    assert till.pay(checkout.url) == 303
    finish_checkout(user=reader, session_id=checkout.stripe_id, at=timezone.now())
    return Subscription.objects.order_by("pk").last()  # type: ignore[return-value]


def leave(till: Till, subscription: Subscription) -> None:
    till.v1.subscriptions.cancel(subscription.stripe_id)
    Subscription.objects.filter(pk=subscription.pk).update(status=Status.CANCELED)


def redemptions(offer: Offer) -> Any:
    return vars(with_redemptions(Offer.objects.all()).get(pk=offer.pk))["redemptions"]


class TestInStripe:
    def test_an_offer_becomes_a_coupon_and_its_code_a_promotion_code(self, till: Till, plan: Plan) -> None:
        offer = make_offer(
            plan, percent_off=30, duration="repeating", months=3, ends_at=NOW + 9 * DAY, max_redemptions=20
        )
        coupon = till.v1.coupons.retrieve(offer.stripe_coupon_id, {"expand": ["applies_to"]})
        assert (coupon.percent_off, coupon.duration, coupon.duration_in_months) == (30, "repeating", 3)
        assert (coupon.max_redemptions, coupon.redeem_by) == (20, int((NOW + 9 * DAY).timestamp()))
        assert coupon.applies_to.products == [plan.stripe_product_id]
        code = till.v1.promotion_codes.retrieve(offer.stripe_promotion_id)
        assert (code.code, code.promotion.coupon, code.active) == (offer.code, coupon.id, True)
        assert sync() == [f"{offer}: matched {coupon.id}, code {offer.code}"]

    def test_a_coupon_that_has_changed_gives_way_to_a_new_one(self, till: Till, plan: Plan) -> None:
        offer = make_offer()
        old, old_code = offer.stripe_coupon_id, offer.stripe_promotion_id
        Offer.objects.update(percent_off=25)
        [line] = sync()
        offer.refresh_from_db()
        assert line == f"{offer}: replaced {old} with {offer.stripe_coupon_id}, code {offer.code}"
        assert till.v1.coupons.retrieve(offer.stripe_coupon_id).percent_off == 25
        codes = [till.v1.promotion_codes.retrieve(each) for each in (old_code, offer.stripe_promotion_id)]
        assert [code.active for code in codes] == [False, True]

    def test_a_new_name_needs_no_new_coupon(self, till: Till) -> None:
        offer = make_offer()
        Offer.objects.update(name="Summer")
        sync()
        assert till.v1.coupons.retrieve(offer.stripe_coupon_id).name == "Summer"

    def test_a_closed_offer_closes_its_code_and_opens_it_again(self, till: Till) -> None:
        offer = make_offer()
        states = []
        for is_active in (False, True):
            Offer.objects.update(is_active=is_active)
            sync()
            states.append(till.v1.promotion_codes.retrieve(offer.stripe_promotion_id).active)
        assert states == [False, True]

    def test_an_offer_to_come_is_opened_when_its_time_has_come(self, till: Till) -> None:
        offer = make_offer(starts_at=NOW + DAY)
        assert offer.stripe_coupon_id == ""
        sync(NOW + DAY)
        offer.refresh_from_db()
        assert till.v1.promotion_codes.retrieve(offer.stripe_promotion_id).active is True

    def test_a_coupon_deleted_in_the_dashboard_comes_back(self, till: Till) -> None:
        offer = make_offer(kind=Offer.Kind.WIN_BACK)
        gone = offer.stripe_coupon_id
        till.v1.coupons.delete(gone)
        sync()
        offer.refresh_from_db()
        assert offer.stripe_coupon_id not in ("", gone)


class TestCodes:
    def test_a_code_typed_at_the_till_reduces_the_price_and_is_counted(
        self, till: Till, reader: User, plan: Plan
    ) -> None:
        offer = make_offer(plan)
        subscribe(till, reader, plan, code=offer.code.lower())
        assert Invoice.objects.get().total == 450
        assert (Checkout.objects.get().offer, redemptions(offer)) == (offer, 1)

    @pytest.mark.parametrize(
        "values",
        [
            {"is_active": False},
            {"starts_at": NOW + DAY},
            {"ends_at": NOW - DAY},
            {"percent_off": None, "amount_off": 100, "currency": "eur"},
        ],
    )
    def test_without_an_open_code_no_field_is_shown(
        self, till: Till, reader: User, plan: Plan, values: dict[str, Any]
    ) -> None:
        make_offer(plan, **values)
        checkout = start_checkout(user=reader, order=Order(plan), at=NOW)
        assert not till.v1.checkout.sessions.retrieve(checkout.stripe_id).allow_promotion_codes

    def test_a_code_for_another_plan_shows_no_field(
        self, till: Till, reader: User, plan: Plan, other_plan: Plan
    ) -> None:
        make_offer(other_plan)
        checkout = start_checkout(user=reader, order=Order(plan), at=NOW)
        assert not till.v1.checkout.sessions.retrieve(checkout.stripe_id).allow_promotion_codes


class TestWinBack:
    def test_it_applies_by_itself_to_who_left_and_once(self, till: Till, reader: User, plan: Plan) -> None:
        offer = make_offer(kind=Offer.Kind.WIN_BACK, percent_off=None, amount_off=400, currency="usd")
        leave(till, subscribe(till, reader, plan))
        leave(till, subscribe(till, reader, plan))
        subscribe(till, reader, plan)
        assert list(Invoice.objects.order_by("pk").values_list("total", flat=True)) == [900, 500, 900]
        assert redemptions(offer) == 1

    def test_it_is_for_nobody_else(self, till: Till, reader: User, plan: Plan) -> None:
        make_offer(kind=Offer.Kind.WIN_BACK)
        assert offer_for(reader, kind=Offer.Kind.WIN_BACK, plan=plan, at=NOW) is None
        subscribe(till, reader, plan)
        assert offer_for(reader, kind=Offer.Kind.WIN_BACK, plan=plan, at=NOW) is None
        assert Invoice.objects.get().total == 900

    def test_it_is_shown_once(self, till: Till, reader: User, plan: Plan) -> None:
        offer = make_offer(kind=Offer.Kind.WIN_BACK)
        leave(till, subscribe(till, reader, plan))
        show_offer(user=reader, offer=offer, at=NOW)
        show_offer(user=reader, offer=offer, at=NOW + DAY)
        assert OfferShowing.objects.get().shown_at == NOW
        shown = [
            offer_for(reader, kind=Offer.Kind.WIN_BACK, plan=plan, at=NOW + after)
            for after in (timedelta(0), timedelta(minutes=59), timedelta(hours=1), DAY)
        ]
        assert shown == [offer, offer, None, None]

    def test_the_account_page_shows_it_once(self, till: Till, reader: User, plan: Plan) -> None:
        offer = make_offer(kind=Offer.Kind.WIN_BACK)
        leave(till, subscribe(till, reader, plan))
        browser = Client()
        browser.force_login(reader)
        assert browser.get("/account/").context["win_back"] == offer
        OfferShowing.objects.update(shown_at=NOW - DAY)
        page = browser.get("/account/")
        assert (page.context["win_back"], offer.reduction in page.text) == (None, False)

    def test_one_used_up_is_no_more(self, till: Till, reader: User, plan: Plan) -> None:
        offer = make_offer(kind=Offer.Kind.WIN_BACK, max_redemptions=1)
        leave(till, subscribe(till, reader, plan))
        other = User.objects.create_user("quick@example.com")
        OfferShowing.objects.create(offer=offer, user=other, shown_at=NOW, taken_at=NOW)
        assert offer_for(reader, kind=Offer.Kind.WIN_BACK, plan=plan, at=NOW) is None


class TestTaking:
    def test_what_was_shown_is_taken_once(self, till: Till, reader: User) -> None:
        offer = make_offer(kind=Offer.Kind.RETENTION)
        with pytest.raises(OfferGone):
            take_offer(user=reader, offer=offer, at=NOW)
        show_offer(user=reader, offer=offer, at=NOW)
        assert take_offer(user=reader, offer=offer, at=NOW).taken_at == NOW
        with pytest.raises(OfferGone):
            take_offer(user=reader, offer=offer, at=NOW)
        assert redemptions(offer) == 1

    def test_a_closed_one_is_not_taken(self, till: Till, reader: User) -> None:
        offer = make_offer(kind=Offer.Kind.RETENTION, ends_at=NOW + DAY)
        show_offer(user=reader, offer=offer, at=NOW)
        with pytest.raises(OfferGone):
            take_offer(user=reader, offer=offer, at=NOW + DAY)
