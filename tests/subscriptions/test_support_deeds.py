"""Deeds of support against Stripe's sandbox: done once, with a reason, or refused with nothing half done."""

from datetime import datetime, timedelta
from typing import Any

import pytest
from bs4 import BeautifulSoup
from django.core import mail
from django.core.exceptions import PermissionDenied
from django.test import Client
from django.utils import timezone
from django.utils.timezone import localtime
from pytest_django.fixtures import Settings

from accounts.models import AuditEntry, User
from subscriptions.actions import support
from subscriptions.actions.books import sync_customer
from subscriptions.actions.support import Ending, NotDone
from subscriptions.models import Customer, Gift, Grant, Invoice, Notice, Plan, Status, Subscription
from tests.factories.accounts import PASSWORD, StaffFactory, SupportFactory, UserFactory
from tests.subscriptions.conftest import Till
from tests.subscriptions.test_gifts import buy

pytestmark = pytest.mark.django_db

WHY = "Double charge, told by telephone."


@pytest.fixture
def helper() -> User:
    return SupportFactory.create(email="support@example.org", name="Ona Terhaar")


@pytest.fixture
def desk(helper: User) -> Client:
    browser = Client()
    browser.force_login(helper)
    return browser


@pytest.fixture
def paid(till: Till, reader: User, plan: Plan) -> Subscription:
    """A subscription that renews, its first month paid with $9."""
    till.subscribe(reader, plan)
    customer = Customer.objects.get(user=reader)
    return sync_customer(customer=customer, at=timezone.now()).subscriptions[0]


@pytest.fixture
def away(settings: Settings) -> Any:
    """Call it, and Stripe does not answer any more."""

    def leave() -> None:
        settings.STRIPE_API_BASE = "http://127.0.0.1:9"

    return leave


def address(reader: User, deed: str, of: int | None = None) -> str:
    return f"/admin/books/readers/{reader.pk}/{deed}/" + (f"{of}/" if of else "")


def form_on(desk: Client, path: str, **typed: str) -> dict[str, str]:
    """The form as a browser without script would send it: what it holds, and what is typed."""
    soup = BeautifulSoup(desk.get(path).text, "html.parser")
    held = {
        str(field["name"]): str(field.get("value", ""))
        for field in soup.select(".reader__form input")
        if field["type"] != "radio" or field.has_attr("checked")
    }
    return {**held, "reason": WHY, **typed}


def said(answer: Any) -> str:
    """What the page says: a refusal, or the errors of fields."""
    soup = BeautifulSoup(answer.content, "html.parser")
    return " ".join(found.get_text(" ", strip=True) for found in soup.select(".reader__form [role=alert]"))


def told(desk: Client, path: str, form: dict[str, str]) -> str:
    """What is said after a deed was done."""
    answer = desk.post(path, form, follow=True)
    assert answer.redirect_chain, said(answer)
    return str(next(iter(answer.context["messages"])))


def trail() -> list[tuple[str, str]]:
    """What support did and why, the first first."""
    rows = AuditEntry.objects.exclude(by=None).order_by("pk")
    return list(rows.values_list("action", "reason"))


def charges(till: Till, customer: Customer) -> list[tuple[int, int]]:
    """What Stripe took and gave back."""
    rows = till.v1.charges.list({"customer": customer.stripe_id}).data
    return [(row.amount, row.amount_refunded) for row in rows]


# ------------------------------------------------------------------------------------------- access


def test_access_is_given_until_the_end_of_a_day_with_a_letter(
    desk: Client, reader: User, helper: User
) -> None:
    path = address(reader, "give-access")
    form = {"until": "3", "reason": "The postman lost three issues."}
    assert "can read until the end of" in told(desk, path, form)
    grant = Grant.objects.get()
    assert grant.ends_at is not None
    last_day = localtime(grant.ends_at - timedelta(microseconds=1)).date()
    assert (last_day - localtime().date()).days in (89, 90, 91, 92)
    assert (grant.granted_by, grant.reason) == (helper, "The postman lost three issues.")
    assert Notice.objects.get().kind == "comp"
    assert trail() == [("give access", "The postman lost three issues.")]


def test_access_given_twice_by_a_double_click_is_given_once(desk: Client, reader: User) -> None:
    for _ in range(2):
        told(desk, address(reader, "give-access"), {"until": "1", "reason": WHY})
    assert (Grant.objects.count(), Notice.objects.count(), len(trail())) == (1, 1, 1)


@pytest.mark.parametrize(
    ("form", "words"),
    [
        ({"until": "1", "reason": "  "}, "This field is required."),
        ({"until": "date", "reason": WHY}, "Choose the last day."),
        ({"until": "date", "own_date": "2020-01-01", "reason": WHY}, "The end lies in the past."),
        ({"until": "99", "reason": WHY}, "Select a valid choice. 99 is not one of the available choices."),
    ],
)
def test_access_that_makes_no_sense_is_not_given(
    desk: Client, reader: User, form: dict[str, str], words: str
) -> None:
    assert said(desk.post(address(reader, "give-access"), form)) == words
    assert not Grant.objects.exists()


def test_access_is_extended_from_its_end_and_ended(desk: Client, reader: User) -> None:
    now = timezone.now()
    end = now + timedelta(days=40)
    grant = Grant.objects.create(user=reader, source="comp", starts_at=now, ends_at=end, reason="Thanks.")
    told(desk, address(reader, "extend-access", grant.pk), {"until": "1", "reason": WHY})
    grant.refresh_from_db()
    assert grant.ends_at is not None
    assert timedelta(days=27) < grant.ends_at - end < timedelta(days=33)
    told(desk, address(reader, "end-access", grant.pk), {"reason": WHY})
    grant.refresh_from_db()
    assert grant.ends_at < timezone.now()
    answer = desk.post(address(reader, "extend-access", grant.pk), {"until": "1", "reason": WHY})
    assert (answer.status_code, said(answer)) == (409, "It has ended: give new access instead.")
    assert trail() == [("extend access", WHY), ("end access", WHY)]


def test_access_that_follows_a_seat_or_a_subscription_is_not_ended_by_hand(
    desk: Client, reader: User, paid: Subscription
) -> None:
    grant = Grant.objects.get(subscription=paid)
    before = grant.ends_at
    answer = desk.post(address(reader, "end-access", grant.pk), {"reason": WHY})
    grant.refresh_from_db()
    assert (answer.status_code, grant.ends_at) == (409, before)


# --------------------------------------------------------------------------------------- free days


def test_free_days_put_the_next_charge_off_and_cost_nothing(
    desk: Client, till: Till, reader: User, paid: Subscription
) -> None:
    path = address(reader, "free-days", paid.pk)
    form = form_on(desk, path, days="10")
    before = paid.period_end_at
    assert told(desk, path, form).startswith("Nothing is charged before")
    paid.refresh_from_db()
    assert (paid.status, paid.period_end_at) == (Status.TRIALING, before + timedelta(days=10))
    assert charges(till, paid.customer) == [(900, 0)]
    again = desk.post(path, form)
    assert (again.status_code, said(again)) == (
        409,
        "The next charge has moved meanwhile. Look at the page again.",
    )
    paid.refresh_from_db()
    assert paid.period_end_at == before + timedelta(days=10)
    assert trail() == [("give free days", f"10 days: {WHY}")]


@pytest.mark.parametrize("days", ["0", "367", "many", ""])
def test_free_days_are_a_number_within_a_year(
    desk: Client, reader: User, paid: Subscription, days: str
) -> None:
    path = address(reader, "free-days", paid.pk)
    assert said(desk.post(path, form_on(desk, path, days=days)))
    assert trail() == []


def test_a_subscription_that_ends_has_no_charge_to_put_off(
    desk: Client, helper: User, reader: User, paid: Subscription
) -> None:
    path = address(reader, "free-days", paid.pk)
    form = form_on(desk, path, days="10")
    support.end_for_reader(
        subscription=paid, ending=Ending.WITH_PERIOD, reason=WHY, by=helper, at=timezone.now()
    )
    assert desk.post(path, form).status_code == 409


# ------------------------------------------------------------------------------------------ refunds


def test_a_refund_in_part_leaves_access_and_what_is_left(
    desk: Client, till: Till, reader: User, paid: Subscription
) -> None:
    invoice = paid.invoices.get()
    path = address(reader, "refund", invoice.pk)
    form = form_on(desk, path, amount="2.50")
    assert told(desk, path, form) == f"$2.50 of invoice {invoice.number} was given back."
    invoice.refresh_from_db()
    assert (invoice.amount_refunded, charges(till, paid.customer)) == (250, [(900, 250)])
    assert Grant.objects.current(at=timezone.now()).count() == 1
    again = desk.post(path, form)
    assert (again.status_code, said(again)) == (
        409,
        "Money of this invoice has been given back meanwhile. Look at the page again.",
    )
    assert charges(till, paid.customer) == [(900, 250)]
    assert "up to $6.50 is left" in desk.get(path).text


def test_two_clicks_at_once_give_back_once(
    till: Till, helper: User, reader: User, paid: Subscription
) -> None:
    """Both saw the page before either was done; the second's rows are as old as the first's."""
    first, second = paid.invoices.get(), paid.invoices.get()
    for invoice in (first, second):
        support.refund_invoice(invoice=invoice, amount=300, seen=0, reason=WHY, by=helper, at=timezone.now())
    assert charges(till, paid.customer) == [(900, 300)]
    assert [action for action, _ in trail()] == ["refund invoice"]


def test_a_full_refund_ends_access_as_the_page_said(
    desk: Client, till: Till, reader: User, paid: Subscription
) -> None:
    invoice = paid.invoices.get()
    path = address(reader, "refund", invoice.pk)
    page = desk.get(path).text
    assert "the reader can read free stories only, at once." in page
    assert "The subscription itself goes on, and renews on" in page
    told(desk, path, form_on(desk, path, amount=""))
    assert charges(till, paid.customer) == [(900, 900)]
    assert not Grant.objects.current(at=timezone.now() + timedelta(seconds=2)).exists()
    answer = desk.post(path, form_on(desk, path))
    assert (answer.status_code, said(answer)) == (409, "Nothing is left to give back.")


@pytest.mark.parametrize(
    ("amount", "status", "words"),
    [
        ("9.01", 409, "At most $9 is left to give back."),
        ("0", 409, "At most $9 is left to give back."),
        ("nine", 200, "Please write an amount such as 12.50."),
        ("-1", 200, "Please write an amount such as 12.50."),
    ],
)
def test_never_more_is_given_back_than_is_left(
    desk: Client, till: Till, reader: User, paid: Subscription, amount: str, status: int, words: str
) -> None:
    path = address(reader, "refund", paid.invoices.get().pk)
    answer = desk.post(path, form_on(desk, path, amount=amount))
    assert (answer.status_code, said(answer)) == (status, words)
    assert charges(till, paid.customer) == [(900, 0)]


def test_money_given_back_in_the_dashboard_meanwhile_is_not_given_twice(
    desk: Client, till: Till, reader: User, paid: Subscription
) -> None:
    invoice = paid.invoices.get()
    path = address(reader, "refund", invoice.pk)
    form = form_on(desk, path, amount="9")
    till.v1.refunds.create({"payment_intent": invoice.payments.get().intent_id, "amount": 500})
    answer = desk.post(path, form)
    assert answer.status_code == 409
    assert said(answer).startswith("Stripe refused, and nothing was changed:")
    assert charges(till, paid.customer) == [(900, 500)]
    assert trail() == []


# -------------------------------------------------------------------------------------- cancelling


def test_cancelled_to_the_period_and_taken_back(
    desk: Client, till: Till, reader: User, paid: Subscription
) -> None:
    path = address(reader, "cancel", paid.pk)
    assert told(desk, path, form_on(desk, path)).startswith("Cancelled: the subscription ends on")
    assert till.v1.subscriptions.retrieve(paid.stripe_id).cancel_at_period_end is True
    assert desk.post(path, {"ending": "period", "reason": WHY}).status_code == 200  # not offered twice
    told(desk, address(reader, "keep", paid.pk), {"reason": WHY})
    assert till.v1.subscriptions.retrieve(paid.stripe_id).cancel_at_period_end is False
    answer = desk.post(address(reader, "keep", paid.pk), {"reason": WHY})
    assert (answer.status_code, said(answer)) == (409, "There is no cancellation to take back.")
    assert trail() == [
        ("cancel subscription", f"at the end of its period: {WHY}"),
        ("resume subscription", WHY),
    ]


def test_cancelled_at_once_keeps_what_was_paid(
    desk: Client, till: Till, reader: User, paid: Subscription
) -> None:
    path = address(reader, "cancel", paid.pk)
    form = form_on(desk, path, ending="now")
    assert told(desk, path, form) == "Cancelled: the subscription has ended."
    paid.refresh_from_db()
    assert (paid.status, charges(till, paid.customer)) == (Status.CANCELED, [(900, 0)])
    assert Grant.objects.current(at=paid.period_end_at - timedelta(hours=1)).exists()
    again = desk.post(path, form)
    assert (again.status_code, said(again)) == (409, "It has ended already.")


def test_cancelled_at_once_with_the_last_payment_given_back(
    desk: Client, till: Till, reader: User, paid: Subscription
) -> None:
    path = address(reader, "cancel", paid.pk)
    assert "give $9 of the last payment back" in desk.get(path).text
    told(desk, path, form_on(desk, path, ending="refund"))
    paid.refresh_from_db()
    assert (paid.status, charges(till, paid.customer)) == (Status.CANCELED, [(900, 900)])
    assert not Grant.objects.current(at=timezone.now() + timedelta(seconds=2)).exists()
    assert [action for action, _ in trail()] == ["cancel subscription", "refund invoice"]


def test_an_ending_whose_refund_is_refused_says_what_is_left_to_do(
    desk: Client, till: Till, reader: User, paid: Subscription
) -> None:
    path = address(reader, "cancel", paid.pk)
    form = form_on(desk, path, ending="refund")
    intent = paid.invoices.get().payments.get().intent_id
    till.v1.refunds.create({"payment_intent": intent, "amount": 500})
    assert "has ended, but its last payment was not given back" in told(desk, path, form)
    paid.refresh_from_db()
    assert (paid.status, charges(till, paid.customer)) == (Status.CANCELED, [(900, 500)])


# -------------------------------------------------------------------------------- when Stripe is away


@pytest.mark.parametrize(
    ("deed", "typed"),
    [
        ("free-days", {"days": "7"}),
        ("cancel", {"ending": "period"}),
        ("cancel", {"ending": "now"}),
        ("cancel", {"ending": "refund"}),
        ("refund", {"amount": "1"}),
        ("check", {}),
    ],
)
def test_nothing_is_half_done_while_stripe_is_away(
    desk: Client, away: Any, reader: User, paid: Subscription, deed: str, typed: dict[str, str]
) -> None:
    of = {"free-days": paid.pk, "cancel": paid.pk, "refund": paid.invoices.get().pk}.get(deed)
    path = address(reader, deed, of)
    form = form_on(desk, path, **typed)
    before = Subscription.objects.values().get(pk=paid.pk)
    away()
    answer = desk.post(path, form)
    assert answer.status_code == 503
    assert said(answer).startswith("Stripe does not answer just now.")
    assert Subscription.objects.values().get(pk=paid.pk) == before
    assert trail() == []
    assert Grant.objects.current(at=timezone.now()).count() == 1


def test_the_page_itself_needs_no_stripe(desk: Client, away: Any, reader: User, paid: Subscription) -> None:
    away()
    assert desk.get(f"/admin/books/readers/{reader.pk}/").status_code == 200


# ------------------------------------------------------------------------------------ checking


def test_a_check_says_what_was_different(desk: Client, till: Till, reader: User, paid: Subscription) -> None:
    path = address(reader, "check")
    assert told(desk, path, {}) == "Checked with Stripe: our books are the same."
    till.v1.subscriptions.cancel(paid.stripe_id)
    words = told(desk, path, {})
    assert words.startswith("Our books were set from Stripe’s.")
    assert f"Subscription {paid.stripe_id}: Monthly, active" in words
    assert "→ Monthly, ended" in words
    assert [action for action, _ in trail()] == ["check with Stripe"] * 2


# --------------------------------------------------------------------------- gifts, letters, sign-in


def test_a_gift_is_refunded_by_support(desk: Client, till: Till, reader: User, plan: Plan) -> None:
    Plan.objects.update(is_giftable=True)
    gift = buy(till, reader, Plan.objects.get())
    assert gift.state == Gift.State.DELIVERED
    path = address(reader, "refund-gift", gift.pk)
    told(desk, path, {"reason": WHY})
    gift.refresh_from_db()
    assert (gift.state, charges(till, Customer.objects.get())) == (Gift.State.REFUNDED, [(900, 900)])
    assert desk.post(path, {"reason": WHY}).status_code == 409
    assert charges(till, Customer.objects.get()) == [(900, 900)]


def test_a_letter_goes_out_again_once(desk: Client, reader: User) -> None:
    at = timezone.now() - timedelta(days=2)
    notice = Notice.objects.create(
        kind="comp",
        key="1",
        user=reader,
        address=reader.email,
        given_at=at,
        due_at=at,
        sent_at=at,
        facts={"reason": "Thanks.", "ends_at": None},
        subject="You can read everything",
    )
    path = address(reader, "send-again", notice.pk)
    told(desk, path, {"reason": WHY})
    notice.refresh_from_db()
    assert notice.sent_at is None
    answer = desk.post(path, {"reason": WHY})
    assert (answer.status_code, said(answer)) == (409, "It is waiting to be sent.")
    assert trail() == [("send letter again", WHY)]


def test_help_to_sign_in_is_one_letter(desk: Client, reader: User) -> None:
    path = address(reader, "invite")
    told(desk, path, {"reason": WHY})
    answer = desk.post(path, {"reason": WHY})
    assert (answer.status_code, said(answer)) == (409, "The letter went out a moment ago.")
    assert [letter.to for letter in mail.outbox] == [[reader.email]]
    assert trail() == [("invite to reset password", WHY)]


def sign_in(user: User) -> Client:
    browser = Client(headers={"user-agent": "Mozilla/5.0 (X11; Linux x86_64; rv:140.0) Firefox/140.0"})
    browser.post("/accounts/login/", {"login": user.email, "password": PASSWORD})
    return browser


def test_devices_are_shown_without_the_whole_address_and_signed_out(desk: Client) -> None:
    user = UserFactory.create()
    first, second = sign_in(user), sign_in(user)
    assert first.get("/account/").status_code == 200
    page = BeautifulSoup(desk.get(f"/admin/books/readers/{user.pk}/").text, "html.parser")
    devices = [
        found.get_text(" ", strip=True) for found in page.select("[aria-labelledby=reader-devices] li")
    ]
    assert len(devices) == 2
    assert devices[0].startswith("Firefox on Linux 127.0.0.0/24")
    link = page.select_one("[aria-labelledby=reader-devices] li a")
    assert link is not None
    told(desk, str(link["href"]), {"reason": WHY})
    assert sorted((first.get("/account/").status_code, second.get("/account/").status_code)) == [200, 302]
    told(desk, address(user, "sign-out-everywhere"), {"reason": WHY})
    assert (first.get("/account/").status_code, second.get("/account/").status_code) == (302, 302)
    assert trail() == [("sign out", f"Firefox on Linux: {WHY}")] * 2


def test_staff_are_signed_out_by_superusers_alone(desk: Client) -> None:
    colleague = StaffFactory.create()
    answer = desk.post(address(colleague, "sign-out-everywhere"), {"reason": WHY})
    assert (answer.status_code, said(answer)) == (409, "Only a superuser signs staff out.")


# --------------------------------------------------------------------- the permission and the reason


def test_actions_ask_for_permission_and_reason_themselves(
    till: Till, helper: User, reader: User, paid: Subscription
) -> None:
    at: datetime = timezone.now()
    invoice: Invoice = paid.invoices.get()
    customer = paid.customer
    grant = Grant.objects.get()
    calls: list[tuple[Any, dict[str, Any]]] = [
        (support.give_access, {"reader": reader, "ends_at": None}),
        (support.extend_access, {"grant": grant, "ends_at": None}),
        (support.end_access, {"grant": grant}),
        (support.give_free_days, {"subscription": paid, "days": 1, "seen": paid.period_end_at}),
        (support.end_for_reader, {"subscription": paid, "ending": Ending.NOW}),
        (support.keep_for_reader, {"subscription": paid}),
        (support.refund_invoice, {"invoice": invoice, "amount": None, "seen": 0}),
        (support.help_to_sign_in, {"reader": reader}),
        (support.sign_out, {"reader": reader, "session": None}),
    ]
    for action, values in calls:
        with pytest.raises(PermissionDenied):
            action(**values, reason=WHY, by=reader, at=at)
        with pytest.raises(NotDone, match="Say why"):
            action(**values, reason=" ", by=helper, at=at)
    with pytest.raises(PermissionDenied):
        support.check_with_stripe(reader=reader, by=reader, at=at)
    assert (charges(till, customer), trail()) == ([(900, 0)], [])
    assert mail.outbox == []
