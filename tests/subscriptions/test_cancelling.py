"""Leaving takes no more steps than subscribing did, and staying one (rule L3)."""

from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from bs4 import BeautifulSoup
from django.test import Client
from django.utils import timezone
from pytest_django.fixtures import Settings

from accounts.models import AuditEntry, User
from subscriptions.actions.books import sync_customer
from subscriptions.actions.cancelling import FEEDBACK, CannotCancel, CannotResume
from subscriptions.actions.cancelling import cancel_subscription as cancel
from subscriptions.actions.cancelling import resume_subscription as resume
from subscriptions.actions.offers import sync_offers
from subscriptions.models import Customer, Notice, Offer, OfferShowing, Plan, Status, Subscription
from tests.subscriptions.conftest import Till
from tests.subscriptions.test_standing import BEGAN, subscription

pytestmark = pytest.mark.django_db(transaction=True)


def have(till: Till, user: User, plan: Plan, **terms: Any) -> Subscription:
    stripe_id = till.subscribe(user, plan, **terms).id
    sync_customer(customer=Customer.objects.get(user=user), at=timezone.now())
    return Subscription.objects.get(stripe_id=stripe_id)


def signed_in(user: User) -> Client:
    browser = Client()
    browser.force_login(user)
    return browser


def grant_end(user: User) -> datetime | None:
    return user.grants.get().ends_at


def text_of(page: Any) -> str:
    body = BeautifulSoup(page.text, "html.parser").select_one(".account__body")
    assert body
    return body.get_text(" ", strip=True)


def test_l3_from_the_account_page_it_is_one_link_and_one_button(till: Till, reader: User, plan: Plan) -> None:
    have(till, reader, plan)
    browser = signed_in(reader)
    soup = BeautifulSoup(browser.get("/account/").text, "html.parser")
    link = soup.find("a", string="Cancel")
    page = BeautifulSoup(browser.get(str(link["href"])).text, "html.parser")  # type: ignore[index]
    form = page.select_one("form.form")
    assert form
    assert not form.select("[required]")
    fields = {str(each["name"]): str(each.get("value", "")) for each in form.select("[name]")}
    done = browser.post("/account/cancel/", fields, follow=True)
    assert done.redirect_chain[-1][0].startswith("/account/cancelled/")
    assert "Your subscription is cancelled" in text_of(done)
    assert Subscription.objects.get().cancels_at is not None


def test_they_read_to_the_end_of_what_is_paid_and_are_told_in_writing(
    till: Till, reader: User, plan: Plan
) -> None:
    before = have(till, reader, plan)
    browser = signed_in(reader)
    day = f"{timezone.localtime(before.period_end_at):%B %-d, %Y}"
    assert f"until {day}, the end of what you have paid for" in text_of(browser.get("/account/cancel/"))
    browser.post("/account/cancel/", {"feedback": "too_expensive", "comment": "It is dear."})
    after = Subscription.objects.get()
    assert (after.status, after.cancels_at) == (Status.ACTIVE, before.period_end_at)
    assert grant_end(reader) == before.period_end_at
    there = till.v1.subscriptions.retrieve(after.stripe_id)
    assert there.cancellation_details.feedback == "too_expensive"
    assert there.cancellation_details.comment == "It is dear."
    assert Notice.objects.filter(kind=Notice.Kind.CANCELLED, user=reader).count() == 1
    entry = AuditEntry.objects.get(action="cancel subscription")
    assert (entry.by, entry.reason) == (reader, "too_expensive")


@pytest.mark.parametrize("feedback", [*FEEDBACK, "", "nonsense"])
def test_any_reason_will_do(till: Till, reader: User, plan: Plan, feedback: str) -> None:
    have(till, reader, plan)
    signed_in(reader).post("/account/cancel/", {"feedback": feedback})
    there = till.v1.subscriptions.retrieve(Subscription.objects.get().stripe_id)
    assert there.cancel_at_period_end is True
    assert (there.cancellation_details.feedback or "") == (feedback if feedback in FEEDBACK else "")


def test_pressing_twice_cancels_and_confirms_once(till: Till, reader: User, plan: Plan) -> None:
    have(till, reader, plan)
    browser = signed_in(reader)
    for _ in range(2):
        page = browser.post("/account/cancel/", follow=True)
        assert "Your subscription is cancelled" in page.text
    assert Notice.objects.filter(kind=Notice.Kind.CANCELLED).count() == 1
    assert AuditEntry.objects.filter(action="cancel subscription").count() == 1


def test_a_trial_that_is_cancelled_is_never_charged(till: Till, reader: User, plan: Plan) -> None:
    before = have(till, reader, plan, trial_period_days=14)
    browser = signed_in(reader)
    assert "until your trial ends" in text_of(browser.get("/account/cancel/"))
    browser.post("/account/cancel/")
    after = Subscription.objects.get()
    assert (after.status, after.cancels_at) == (Status.TRIALING, before.trial_end_at)


def test_what_was_not_paid_ends_at_once_and_is_collected_no_more(
    till: Till, reader: User, plan: Plan
) -> None:
    start = datetime(2026, 3, 1, tzinfo=UTC)
    clock = till.v1.test_helpers.test_clocks.create({"frozen_time": int(start.timestamp())})
    made = till.v1.customers.create({"test_clock": clock.id})
    customer = Customer.objects.create(user=reader, stripe_id=made.id)
    method = till.v1.payment_methods.attach("pm_card_visa", {"customer": made.id})
    items = [{"price": plan.stripe_price_id}]
    params = {"customer": made.id, "items": items, "default_payment_method": method.id}
    stripe_id = till.v1.subscriptions.create(params).id
    bad = till.v1.payment_methods.attach("pm_card_chargeCustomerFail", {"customer": made.id})
    till.v1.subscriptions.update(stripe_id, {"default_payment_method": bad.id})
    late = start + timedelta(days=32)
    till.v1.test_helpers.test_clocks.advance(clock.id, {"frozen_time": int(late.timestamp())})
    sync_customer(customer=customer, at=late)
    before = Subscription.objects.get()
    assert before.status == Status.PAST_DUE

    page = text_of(signed_in(reader).get("/account/cancel/"))
    assert "it has not been paid" in page or "has not been paid, so the subscription ends at once" in page
    after = cancel(subscription=before, by=reader, at=late)
    assert (after.status, after.ended_at) == (Status.CANCELED, late)
    end = grant_end(reader)
    assert end is not None
    assert end <= late
    till.v1.test_helpers.test_clocks.advance(
        clock.id, {"frozen_time": int((late + timedelta(days=25)).timestamp())}
    )
    paid = [row for row in till.v1.charges.list({"customer": made.id}).data if row.paid]
    assert len(paid) == 1


@pytest.mark.parametrize("status", [Status.CANCELED, Status.INCOMPLETE_EXPIRED])
def test_what_is_over_is_not_cancelled_again(reader: User, status: str) -> None:
    ended = subscription(reader, status, ended_at=BEGAN)
    with pytest.raises(CannotCancel):
        cancel(subscription=ended, by=reader, at=timezone.now())
    with pytest.raises(CannotResume):
        resume(subscription=ended, by=reader, at=timezone.now())
    assert signed_in(reader).get("/account/cancel/")["Location"] == "/account/"


def test_a_foreign_subscription_is_not_ones_to_cancel_or_resume(till: Till, reader: User, plan: Plan) -> None:
    have(till, reader, plan)
    other = User.objects.create_user(f"other-{datetime.now(UTC).timestamp()}@example.com")
    theirs = have(till, other, plan)
    browser = signed_in(reader)
    for path in ("cancel", "resume", "offer"):
        answer = browser.post(f"/account/{path}/", {"subscription": theirs.stripe_id})
        assert answer.status_code == 404
    for path in ("cancel", "cancelled"):
        assert browser.get(f"/account/{path}/", {"subscription": theirs.stripe_id}).status_code == 404
    assert till.v1.subscriptions.retrieve(theirs.stripe_id).cancel_at_period_end is False


def test_a_stripe_that_is_away_leaves_everything(
    till: Till, reader: User, plan: Plan, settings: Settings
) -> None:
    have(till, reader, plan)
    settings.STRIPE_API_BASE = "http://127.0.0.1:9"
    page = signed_in(reader).post("/account/cancel/", follow=True)
    assert "Nothing was changed" in page.text
    assert Subscription.objects.get().cancels_at is None


# ---------------------------------------------------------------------------------------------- staying


@pytest.mark.parametrize("by_moment", [False, True])
def test_resuming_is_one_button_however_it_was_cancelled(
    till: Till, reader: User, plan: Plan, by_moment: bool
) -> None:
    """Stripe's own page sets a moment, ours the end of the period."""
    before = have(till, reader, plan)
    moment = int(before.period_end_at.timestamp())
    till.v1.subscriptions.update(
        before.stripe_id, {"cancel_at": moment} if by_moment else {"cancel_at_period_end": True}
    )
    sync_customer(customer=before.customer, at=timezone.now())
    browser = signed_in(reader)
    assert "Resume" in browser.get("/account/").text
    page = browser.post("/account/resume/", follow=True)
    assert "Your subscription goes on." in page.text
    there = till.v1.subscriptions.retrieve(before.stripe_id)
    assert (there.cancel_at, there.cancel_at_period_end) == (None, False)
    assert Subscription.objects.get().cancels_at is None
    end = grant_end(reader)
    assert end is not None
    assert end > before.period_end_at


def test_cancelled_resumed_and_cancelled_again(till: Till, reader: User, plan: Plan) -> None:
    have(till, reader, plan)
    browser = signed_in(reader)
    for path in ("cancel", "resume", "cancel"):
        browser.post(f"/account/{path}/")
    there = till.v1.subscriptions.retrieve(Subscription.objects.get().stripe_id)
    assert there.cancel_at_period_end is True
    assert Subscription.objects.get().cancels_at is not None


def test_after_a_trial_without_a_card_one_adds_it_and_starts_again(
    till: Till, reader: User, plan: Plan
) -> None:
    start = datetime(2026, 3, 1, tzinfo=UTC)
    clock = till.v1.test_helpers.test_clocks.create({"frozen_time": int(start.timestamp())})
    made = till.v1.customers.create({"test_clock": clock.id})
    customer = Customer.objects.create(user=reader, stripe_id=made.id)
    pause = {"end_behavior": {"missing_payment_method": "pause"}}
    params = {"customer": made.id, "items": [{"price": plan.stripe_price_id}], "trial_period_days": 7}
    till.v1.subscriptions.create({**params, "trial_settings": pause})
    later = start + timedelta(days=8)
    till.v1.test_helpers.test_clocks.advance(clock.id, {"frozen_time": int(later.timestamp())})
    sync_customer(customer=customer, at=later)
    paused = Subscription.objects.get()
    assert (paused.status, paused.card_last4) == (Status.PAUSED, "")
    assert not user_reads(reader, later)
    browser = signed_in(reader)
    assert "Add a card" in browser.get("/account/").text
    with pytest.raises(CannotResume, match="add a card"):
        resume(subscription=paused, by=reader, at=later)

    method = till.v1.payment_methods.attach("pm_card_visa", {"customer": made.id})
    till.v1.customers.update(made.id, {"invoice_settings": {"default_payment_method": method.id}})
    sync_customer(customer=customer, at=later)
    paused.refresh_from_db()
    assert "Start again" in browser.get("/account/").text
    assert till.v1.charges.list({"customer": made.id}).data == []  # the card alone starts nothing
    after = resume(subscription=paused, by=reader, at=later)
    assert after.status == Status.ACTIVE
    assert user_reads(reader, later)
    assert [row.amount for row in till.v1.charges.list({"customer": made.id}).data] == [900]


def user_reads(user: User, at: datetime) -> bool:
    return any(grant.ends_at is None or grant.ends_at > at for grant in user.grants.all())


# --------------------------------------------------------------------------------------------- the offer


@pytest.fixture
def offer(till: Till, plan: Plan) -> Offer:
    offer = Offer.objects.create(
        name="Stay", kind=Offer.Kind.RETENTION, percent_off=50, duration=Offer.Duration.ONCE
    )
    list(sync_offers(at=timezone.now()))
    offer.refresh_from_db()
    return offer


def test_l3_the_offer_stands_beside_the_way_out(till: Till, reader: User, plan: Plan, offer: Offer) -> None:
    have(till, reader, plan)
    browser = signed_in(reader)
    page = BeautifulSoup(browser.get("/account/cancel/").text, "html.parser")
    buttons = [each.get_text(strip=True) for each in page.select(".account__body button")]
    assert buttons == ["Cancel my subscription", "Stay with 50% off the first charge"]
    browser.post("/account/cancel/")
    assert Subscription.objects.get().cancels_at is not None


def test_it_is_shown_once(till: Till, reader: User, plan: Plan, offer: Offer) -> None:
    have(till, reader, plan)
    browser = signed_in(reader)
    assert browser.get("/account/cancel/").context["offer"] == offer
    OfferShowing.objects.update(shown_at=timezone.now() - timedelta(days=1))
    assert browser.get("/account/cancel/").context["offer"] is None


def test_who_takes_it_stays_and_pays_less_next_time(
    till: Till, reader: User, plan: Plan, offer: Offer
) -> None:
    have(till, reader, plan)
    browser = signed_in(reader)
    browser.get("/account/cancel/")
    page = browser.post("/account/offer/", {"offer": offer.pk}, follow=True)
    assert "Thank you for staying" in page.text
    after = Subscription.objects.get()
    assert (after.cancels_at, after.discount) == (None, "Stay")
    assert "$4.50" in page.text


@pytest.mark.parametrize("number", ["", "x", "0", "9" * 30, "٥"])
def test_an_offer_that_was_never_made_cannot_be_taken(
    till: Till, reader: User, plan: Plan, offer: Offer, number: str
) -> None:
    have(till, reader, plan)
    browser = signed_in(reader)
    for wanted in (number, str(offer.pk)):
        page = browser.post("/account/offer/", {"offer": wanted}, follow=True)
        assert "not open any more" in page.text
    assert Subscription.objects.get().discount == ""


def test_while_stripe_is_away_the_offer_stays_open(
    till: Till, reader: User, plan: Plan, offer: Offer, settings: Settings
) -> None:
    have(till, reader, plan)
    browser = signed_in(reader)
    browser.get("/account/cancel/")
    settings.STRIPE_API_BASE = "http://127.0.0.1:9"
    browser.post("/account/offer/", {"offer": offer.pk})
    assert OfferShowing.objects.get().taken_at is None
    settings.STRIPE_API_BASE = till.url
    browser.post("/account/offer/", {"offer": offer.pk})
    assert Subscription.objects.get().discount == "Stay"
