"""Choosing letters: at sign-up, on the account page, and what an audience is made of."""

from datetime import datetime, timedelta
from typing import Any

import pytest
from django.test import Client, RequestFactory

from accounts.models import User
from newsletters.actions import set_preference
from newsletters.forms import SignupForm
from newsletters.models import (
    Audience,
    Cadence,
    Delivery,
    Newsletter,
    Preference,
    Suppression,
    Variant,
    Wishes,
    address_digest,
)
from newsletters.queries import CHUNK, audience, audience_size, wants
from subscriptions.models import Customer, Grant, Plan, Source, Status, Subscription
from tests.factories.newsletters import FRIDAY, make_edition, make_reader, weekly

pytestmark = pytest.mark.django_db
FREE, SUBSCRIBER = Variant.FREE.value, Variant.SUBSCRIBER.value


def test_the_audience_is_who_asked_and_subscribers_who_did_not_decline() -> None:
    asked = make_reader(wants=True)
    payer = make_reader(subscribes=True)
    both = make_reader(wants=True, subscribes=True)
    staff = make_reader(wants=True, is_staff=True)
    make_reader()
    make_reader(is_staff=True)
    make_reader(wants=False, subscribes=True)
    make_reader(wants=True, verified=False)
    make_reader(wants=True, is_active=False)
    lapsed = make_reader(subscribes=True)
    lapsed.grants.update(ends_at=FRIDAY)
    found = {recipient.address: recipient.variant for recipient in audience(weekly(), at=FRIDAY)}
    assert found == {
        asked.email: FREE,
        payer.email: SUBSCRIBER,
        both.email: SUBSCRIBER,
        staff.email: SUBSCRIBER,
    }


def test_a_letter_that_is_not_for_subscribers_goes_to_those_who_asked() -> None:
    asked = make_reader(wants=True)
    make_reader(subscribes=True)
    Newsletter.objects.filter(pk=weekly().pk).update(goes_to=Audience.ASKED)
    assert [recipient.address for recipient in audience(weekly(), at=FRIDAY)] == [asked.email]


def addresses(newsletter: Newsletter, at: datetime = FRIDAY) -> list[str]:
    return [recipient.address for recipient in audience(newsletter, at=at)]


def test_a_letter_for_accounts_goes_to_all_but_those_who_want_mail_alone() -> None:
    Newsletter.objects.filter(pk=weekly().pk).update(goes_to=Audience.REGISTERED)
    registered, asked = make_reader(), make_reader(wants=True, is_mail_only=True)
    make_reader(is_mail_only=True)
    make_reader(wants=False)
    assert addresses(weekly()) == [registered.email, asked.email]


def pay_for(reader: User, plan: Plan) -> None:
    start = FRIDAY - timedelta(days=1)
    subscription = Subscription.objects.create(
        customer=Customer.objects.create(user=reader, stripe_id=f"cus_{reader.pk}"),
        plan=plan,
        stripe_id=f"sub_{reader.pk}",
        status=Status.ACTIVE,
        started_at=start,
        period_start_at=start,
        period_end_at=start + timedelta(days=30),
        synced_at=start,
    )
    Grant.objects.create(
        user=reader, source=Source.STRIPE, subscription=subscription, starts_at=start, reason="Paid."
    )


def test_a_letter_for_some_plans_goes_to_what_came_of_them() -> None:
    letter = weekly()
    plan, other = (Plan.objects.create(key=key, name=key.title(), amount=900) for key in ("daily", "yearly"))
    letter.plans.add(plan)
    letter.is_offered = False
    letter.save()
    pays = make_reader()
    for reader, bought in ((pays, plan), (make_reader(wants=True), other)):
        pay_for(reader, bought)
    make_reader(subscribes=True)
    make_reader(wants=True)
    assert addresses(letter) == [pays.email]


def test_nobody_is_mailed_who_pauses_or_is_suppressed() -> None:
    resting, dead, back = (make_reader(wants=True) for _ in range(3))
    Wishes.objects.create(user=resting, paused_until=FRIDAY + timedelta(hours=1))
    Wishes.objects.create(user=back, paused_until=FRIDAY)
    Suppression.objects.create(
        digest=address_digest(dead.email.upper()), reason=Suppression.Reason.BOUNCE, since_at=FRIDAY
    )
    assert addresses(weekly()) == [back.email]
    assert addresses(weekly(), FRIDAY + timedelta(hours=1)) == [resting.email, back.email]
    assert wants(weekly(), resting, at=FRIDAY)


@pytest.mark.parametrize(("cadence", "days"), [(Cadence.EACH, 0), (Cadence.WEEKLY, 6), (Cadence.MONTHLY, 27)])
def test_nobody_is_mailed_more_often_than_they_want(cadence: Cadence, days: int) -> None:
    letter, reader = weekly(), make_reader(wants=True)
    Preference.objects.update(cadence=cadence)
    Delivery.objects.create(
        edition=make_edition(),
        user=reader,
        address=reader.email,
        variant=FREE,
        state=Delivery.State.ACCEPTED,
        settled_at=FRIDAY,
    )
    again = FRIDAY + timedelta(days=days)
    assert addresses(letter, again) == [reader.email]
    if days:
        assert addresses(letter, again - timedelta(seconds=1)) == []


@pytest.mark.parametrize("size", [1, 5])
def test_an_audience_of_any_size_is_two_queries(size: int, django_assert_num_queries: Any) -> None:
    for _ in range(size):
        make_reader(subscribes=True)
    newsletter = weekly()
    assert size < CHUNK
    with django_assert_num_queries(2):  # the letter's plans, and its readers
        assert audience_size(newsletter, at=FRIDAY) == {SUBSCRIBER: size, FREE: 0}


def test_wants_follows_the_readers_word_then_the_letters_rule() -> None:
    newsletter = weekly()
    readers = [make_reader(), make_reader(subscribes=True), make_reader(wants=False, subscribes=True)]
    assert [wants(newsletter, reader, at=FRIDAY) for reader in readers] == [False, True, False]


def test_the_account_page_keeps_what_changes(client: Client) -> None:
    reader = make_reader(subscribes=True)
    client.force_login(reader)
    name = f"letter_{weekly().pk}"
    assert client.get("/account/newsletters/").context["form"][name].initial is True
    client.post("/account/newsletters/", {name: "on"})
    assert Preference.objects.count() == 0
    response = client.post("/account/newsletters/", {})
    assert response.status_code == 302
    kept = Preference.objects.get()
    assert (kept.user, kept.is_wanted, kept.source) == (reader, False, "account page")


def test_the_account_page_asks_for_a_sign_in(client: Client) -> None:
    assert client.get("/account/newsletters/").status_code == 302


@pytest.mark.parametrize(("ticked", "expected"), [({"wants_digest": "on"}, [("sign-up", True)]), ({}, [])])
def test_g5_sign_up_asks_unticked_and_keeps_only_a_yes(
    ticked: dict[str, str], expected: list[tuple[str, bool]], rf: RequestFactory
) -> None:
    weekly()
    reader = make_reader()
    assert SignupForm()["wants_digest"].initial is None
    form = SignupForm(ticked)
    assert form.is_valid()
    form.signup(rf.post("/"), reader)
    assert list(reader.newsletter_preferences.values_list("source", "is_wanted")) == expected


def test_saying_the_same_again_is_no_news() -> None:
    reader = make_reader(wants=True)
    later = FRIDAY + timedelta(days=1)
    assert not set_preference(newsletter=weekly(), user=reader, is_wanted=True, source="again", at=later)
    assert Preference.objects.get().changed_at == FRIDAY
