"""What a reader is told in every state of section 7, under every flag."""

from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from pytest_django import DjangoAssertNumQueries
from pytest_django.fixtures import Settings

from accounts.models import User
from subscriptions.banner import banner_for
from subscriptions.bills import Bill, Trouble, with_bills
from subscriptions.models import Customer, Invoice, Payment, Plan, Status, Subscription
from subscriptions.standing import Remedy, Standing, standing_of

pytestmark = pytest.mark.django_db

BEGAN = datetime(2026, 3, 3, 12, tzinfo=UTC)
NOW = BEGAN + timedelta(days=5)
PAY = "https://invoice.stripe.com/i/1"
CARD = {"card_brand": "visa", "card_last4": "4242", "card_expires": "04/2031"}
DAY = timedelta(days=1)


def subscription(user: User, status: str, **values: object) -> Subscription:
    plan, _ = Plan.objects.get_or_create(key="m", defaults={"name": "Monthly", "amount": 900})
    customer, _ = Customer.objects.get_or_create(user=user, defaults={"stripe_id": f"cus_{user.pk}"})
    defaults: dict[str, object] = {
        "stripe_id": f"sub_{status}_{user.pk}",
        "amount": 900,
        "started_at": BEGAN,
        "period_start_at": BEGAN,
        "period_end_at": BEGAN + 31 * DAY,
        "synced_at": BEGAN,
        **CARD,
    }
    facts = {"customer": customer, "plan": plan, "status": status}
    return Subscription.objects.create(**{**defaults, **facts, **values})


def bill(trouble: Trouble, **more: Any) -> Bill:
    return Bill(900, "usd", PAY, trouble, **more)


S, R, T = Status, Remedy, Trouble
NO_CARD = dict.fromkeys(CARD, "")
CASES: list[tuple[str, dict[str, Any], Bill | None, Standing]] = [
    (
        S.INCOMPLETE,
        {},
        bill(T.CONFIRM),
        Standing(
            "Finish your payment",
            "Your bank has not confirmed the payment. You can finish it until March 4, 06:00 EST, or choose "
            "a plan again; nothing was charged.",
            needs_action=True,
            pay_url=PAY,
            remedy=R.CONFIRM,
        ),
    ),
    (
        S.INCOMPLETE,
        {},
        bill(T.SOFT),
        Standing(
            "Finish your payment",
            "Your card was declined. You can finish it until March 4, 06:00 EST, or choose a plan again; "
            "nothing was charged.",
            needs_action=True,
            pay_url=PAY,
            remedy=R.PAY,
        ),
    ),
    (
        S.INCOMPLETE_EXPIRED,
        {},
        None,
        Standing(
            "Not started",
            "The first payment was not completed in time; nothing was charged.",
            is_over=True,
            remedy=R.SUBSCRIBE,
        ),
    ),
    (
        S.TRIALING,
        {"trial_end_at": BEGAN + 14 * DAY},
        None,
        Standing(
            "On trial",
            "Free until March 17, 2026, then $9 a month from your Visa ending in 4242. Cancel before then "
            "and nothing is charged.",
        ),
    ),
    (
        S.TRIALING,
        {"trial_end_at": BEGAN + 14 * DAY, **NO_CARD},
        None,
        Standing(
            "On trial",
            "Free until March 17, 2026. There is no card yet: add one to read on after that, for $9 a month. "
            "Without one nothing is charged, and reading stops.",
            remedy=R.ADD_CARD,
        ),
    ),
    (
        S.TRIALING,
        {"trial_end_at": NOW + 3 * DAY, **NO_CARD},
        None,
        Standing(
            "On trial",
            "Free until March 11, 2026. There is no card yet: add one to read on after that, for $9 a month. "
            "Without one nothing is charged, and reading stops.",
            needs_action=True,
            remedy=R.ADD_CARD,
        ),
    ),
    (
        S.TRIALING,
        {"trial_end_at": BEGAN + 14 * DAY, "cancels_at": BEGAN + 14 * DAY},
        None,
        Standing(
            "Ends on March 17, 2026",
            "You have cancelled. You can read everything until March 17, 2026, or resume before then. "
            "Nothing will be charged.",
            remedy=R.RESUME,
        ),
    ),
    (S.ACTIVE, {}, None, Standing("Active", "Renews on April 3, 2026 for $9.")),
    (
        S.ACTIVE,
        {"discount": "Spring"},
        None,
        Standing("Active", "Renews on April 3, 2026 for $9, less your discount “Spring”."),
    ),
    (
        S.ACTIVE,
        {"quantity": 5},
        None,
        Standing("Active", "Renews on April 3, 2026 for $45.", notes=("5 seats, $9 each.",)),
    ),
    (
        S.ACTIVE,
        {"card_expires": "03/2026"},
        None,
        Standing(
            "Active",
            "Renews on April 3, 2026 for $9.",
            notes=("Your Visa ending in 4242 expires before the next charge: please change it in time.",),
        ),
    ),
    (
        S.ACTIVE,
        {"cancels_at": BEGAN + 31 * DAY},
        None,
        Standing(
            "Ends on April 3, 2026",
            "You have cancelled. You can read everything until April 3, 2026, or resume before then.",
            remedy=R.RESUME,
        ),
    ),
    (
        S.ACTIVE,
        {
            "pause_behavior": "void",
            "resumes_at": BEGAN + 60 * DAY,
            "covered_until_at": BEGAN + 31 * DAY,
        },
        None,
        Standing(
            "Payments are paused",
            "Nothing is charged until May 2, 2026. You can read until April 3, 2026.",
        ),
    ),
    (
        S.ACTIVE,
        {"pause_behavior": "keep_as_draft", "covered_until_at": NOW - DAY},
        None,
        Standing(
            "Payments are paused", "Nothing is charged until further notice. Reading is paused as well."
        ),
    ),
    (
        S.ACTIVE,
        {"has_pending_update": True},
        bill(T.CONFIRM),
        Standing(
            "Your change waits for its payment",
            "Your bank wants you to confirm the payment. Until it does, everything stays as it was; after 23 "
            "hours the change is dropped and nothing is charged.",
            needs_action=True,
            pay_url=PAY,
            remedy=R.CONFIRM,
        ),
    ),
    (
        S.ACTIVE,
        {"money_back_at": BEGAN + DAY},
        None,
        Standing(
            "Refunded",
            "The money for the running period was given back on March 4, 2026, and reading ended with it. It "
            "renews on April 3, 2026, unless you cancel.",
        ),
    ),
    (
        S.ACTIVE,
        {"disputed_at": BEGAN + DAY},
        None,
        Standing(
            "Active",
            "Renews on April 3, 2026 for $9.",
            notes=(
                (
                    "A payment has been disputed at your bank since March 4, 2026. If that was not meant, "
                    "tell your bank; if something is wrong, write to us."
                ),
            ),
        ),
    ),
    (
        S.PAST_DUE,
        {},
        bill(T.SOFT, next_try_at=NOW + 2 * DAY),
        Standing(
            "Your last payment did not go through",
            "Please pay, or change your card. We try your card again on March 10, 2026. You keep reading "
            "until March 24, 2026 (16 days left).",
            needs_action=True,
            pay_url=PAY,
            remedy=R.PAY,
        ),
    ),
    (
        S.PAST_DUE,
        {},
        bill(T.HARD),
        Standing(
            "Your card cannot be charged",
            "Your bank refused the card for good, so it is not tried again: please change it, then pay. You "
            "keep reading until March 24, 2026 (16 days left).",
            needs_action=True,
            pay_url=PAY,
            remedy=R.CHANGE_CARD,
        ),
    ),
    (
        S.PAST_DUE,
        {},
        bill(T.CONFIRM),
        Standing(
            "Your bank asks you to confirm a payment",
            "Only you can confirm it, with your bank. You keep reading until March 24, 2026 (16 days left).",
            needs_action=True,
            pay_url=PAY,
            remedy=R.CONFIRM,
        ),
    ),
    (
        S.PAST_DUE,
        {"covered_until_at": NOW - 21 * DAY},
        None,
        Standing(
            "Your last payment did not go through",
            "Please pay, or change your card. Reading has stopped until it is paid.",
            needs_action=True,
            remedy=R.PAY,
        ),
    ),
    (
        S.PAST_DUE,
        {"cancels_at": NOW + DAY},
        bill(T.NEW),
        Standing(
            "A payment is due",
            "Your renewal has not been paid yet. You keep reading until March 9, 2026 (1 day left).",
            needs_action=True,
            pay_url=PAY,
            remedy=R.PAY,
            notes=("You have cancelled: it ends on March 9, 2026.",),
        ),
    ),
    (
        S.PAST_DUE,
        {},
        bill(T.ON_ITS_WAY),
        Standing(
            "Your payment is on its way",
            "Your bank has been asked for it; that can take some days. You keep reading until March 24, 2026 "
            "(16 days left).",
        ),
    ),
    (
        S.INCOMPLETE,
        {},
        bill(T.ON_ITS_WAY),
        Standing(
            "Your payment is on its way",
            "Your bank has been asked for it; that can take some days. You can read as soon as it has "
            "arrived.",
        ),
    ),
    (
        S.UNPAID,
        {},
        bill(T.HARD),
        Standing(
            "Unpaid",
            "Reading has stopped because the last invoice was not paid. Pay it to read on at once.",
            needs_action=True,
            pay_url=PAY,
            remedy=R.PAY,
        ),
    ),
    (
        S.PAUSED,
        NO_CARD,
        None,
        Standing(
            "Paused",
            "Your trial ended without a card. Add one to read on.",
            needs_action=True,
            remedy=R.ADD_CARD,
        ),
    ),
    (
        S.PAUSED,
        {},
        None,
        Standing(
            "Paused",
            "Your trial ended before there was a card. Now there is your Visa ending in 4242: start again, "
            "and $9 is charged today.",
            needs_action=True,
            remedy=R.RESTART,
        ),
    ),
    (
        S.CANCELED,
        {"ended_at": BEGAN + 2 * DAY, "end_reason": "cancellation_requested"},
        None,
        Standing(
            "Ended",
            "Your subscription ended on March 5, 2026. You are welcome back any time.",
            is_over=True,
            remedy=R.SUBSCRIBE,
        ),
    ),
    (
        S.CANCELED,
        {"ended_at": BEGAN + 2 * DAY, "end_reason": "payment_failed"},
        None,
        Standing(
            "Ended",
            "Your subscription ended on March 5, 2026, because the payment did not go through. You are "
            "welcome back any time.",
            is_over=True,
            remedy=R.SUBSCRIBE,
        ),
    ),
    (
        S.CANCELED,
        {"ended_at": BEGAN + 2 * DAY, "paid_until_at": BEGAN + 31 * DAY},
        None,
        Standing(
            "Ended",
            "Your subscription ended on March 5, 2026. What you have paid for you can read until April 3, "
            "2026. You are welcome back any time.",
            is_over=True,
            remedy=R.SUBSCRIBE,
        ),
    ),
    (
        S.CANCELED,
        {"ended_at": BEGAN + 2 * DAY, "money_back_at": BEGAN + 2 * DAY},
        None,
        Standing(
            "Ended",
            "Your subscription ended on March 5, 2026. You are welcome back any time.",
            is_over=True,
            remedy=R.SUBSCRIBE,
            notes=("The last payment was given back on March 5, 2026.",),
        ),
    ),
]


@pytest.mark.parametrize(("status", "values", "owed", "expected"), CASES)
def test_every_state_and_flag_is_put_in_words(
    reader: User, status: str, values: dict[str, Any], owed: Bill | None, expected: Standing
) -> None:
    assert standing_of(subscription(reader, status, **values), bill=owed, at=NOW) == expected


def test_all_eight_states_are_among_them() -> None:
    assert {status for status, *_ in CASES} == set(Status)


@pytest.mark.parametrize("status", Status.values)
@pytest.mark.parametrize(
    "flag",
    [
        {"cancels_at": NOW + DAY},
        {"pause_behavior": "void", "resumes_at": NOW + DAY},
        {"has_pending_update": True},
        {"money_back_at": NOW - DAY},
        {"disputed_at": NOW - DAY},
        {"discount": "Spring", "quantity": 3},
        NO_CARD,
        {"plan": None},
        {"ended_at": NOW - DAY},
    ],
)
def test_no_combination_is_without_words_or_sends_away_one_who_can_act(
    reader: User, status: str, flag: dict[str, Any]
) -> None:
    standing = standing_of(subscription(reader, status, **flag), bill=bill(T.SOFT), at=NOW)
    assert standing.title
    assert standing.detail.endswith(".")
    assert "None" not in standing.title + standing.detail + "".join(standing.notes)
    if standing.needs_action:
        assert standing.remedy not in (Remedy.NOTHING, Remedy.SUBSCRIBE)


def test_a_refund_that_does_not_end_access_is_not_said_to(reader: User, settings: Settings) -> None:
    settings.REFUND_ENDS_ACCESS = False
    standing = standing_of(subscription(reader, S.ACTIVE, money_back_at=BEGAN + DAY), at=NOW)
    assert standing.detail == (
        "The money for the running period was given back on March 4, 2026. It renews on April 3, 2026, "
        "unless you cancel."
    )


# ---------------------------------------------------------------------------------------- what is owed


def owe(found: Subscription, *codes: str, attempts: int = 1, **more: Any) -> Invoice:
    values = {
        "stripe_id": f"in_{Invoice.objects.count()}",
        "status": Invoice.Status.OPEN,
        "currency": "usd",
        "subtotal": 900,
        "total": 900,
        "amount_due": 900,
        "amount_remaining": 900,
        "attempt_count": attempts,
        "hosted_url": PAY,
        "created_at": BEGAN,
        "synced_at": BEGAN,
    }
    invoice = Invoice.objects.create(customer=found.customer, subscription=found, **{**values, **more})
    for number, code in enumerate(codes):
        Payment.objects.create(
            customer=found.customer,
            invoice=invoice,
            stripe_id=f"ch_{invoice.pk}_{number}",
            status="failed",
            currency="usd",
            amount=900,
            failure_code=code,
            created_at=BEGAN + number * DAY,
        )
    return invoice


@pytest.mark.parametrize(
    ("codes", "attempts", "trouble"),
    [
        ((), 0, T.NEW),
        (("insufficient_funds",), 1, T.SOFT),
        (("generic_decline", "lost_card"), 2, T.HARD),
        (("stolen_card", "insufficient_funds"), 2, T.SOFT),
        (("authentication_required",), 1, T.CONFIRM),
        ((), 1, T.CONFIRM),
    ],
)
def test_the_last_attempt_says_what_is_wrong(
    reader: User, codes: tuple[str, ...], attempts: int, trouble: Trouble
) -> None:
    found = subscription(reader, S.PAST_DUE)
    owe(found, *codes, attempts=attempts, next_try_at=NOW)
    ((_, owed),) = with_bills(Subscription.objects.all())
    assert owed == Bill(900, "usd", PAY, trouble, NOW)


def test_without_a_card_there_is_nothing_to_confirm(reader: User) -> None:
    owe(subscription(reader, S.PAST_DUE, **NO_CARD))
    ((_, owed),) = with_bills(Subscription.objects.all())
    assert owed is not None
    assert owed.trouble is T.HARD


def test_a_direct_debit_under_way_is_no_failure(reader: User) -> None:
    invoice = owe(subscription(reader, S.PAST_DUE), "insufficient_funds")
    invoice.payments.create(
        customer=invoice.customer,
        stripe_id="py_1",
        status="pending",
        currency="usd",
        amount=900,
        created_at=NOW,
    )
    ((_, owed),) = with_bills(Subscription.objects.all())
    assert owed is not None
    assert owed.trouble is T.ON_ITS_WAY


@pytest.mark.parametrize(
    "more", [{"status": Invoice.Status.PAID}, {"status": Invoice.Status.VOID}, {"amount_remaining": 0}]
)
def test_what_is_settled_is_not_owed(reader: User, more: dict[str, Any]) -> None:
    owe(subscription(reader, S.ACTIVE), **more)
    ((_, owed),) = with_bills(Subscription.objects.all())
    assert owed is None


def test_the_newest_bill_counts(reader: User) -> None:
    found = subscription(reader, S.PAST_DUE)
    owe(found, "lost_card", hosted_url="https://invoice.stripe.com/i/old")
    owe(found, "insufficient_funds", created_at=BEGAN + DAY)
    ((_, owed),) = with_bills(Subscription.objects.all())
    assert owed == Bill(900, "usd", PAY, T.SOFT)


# ------------------------------------------------------------------------------------------ the banner


@pytest.mark.parametrize(
    ("status", "values", "expected"),
    [
        (S.PAST_DUE, {}, ("Your last payment did not go through", R.PAY, "")),
        (S.UNPAID, {}, ("Unpaid", R.PAY, "")),
        (S.INCOMPLETE, {"pay_url": PAY}, ("Finish your payment", R.CONFIRM, "")),
        (S.PAUSED, NO_CARD, ("Paused", R.ADD_CARD, "")),
        (S.ACTIVE, {}, None),
        (S.ACTIVE, {"cancels_at": NOW + DAY}, None),
        (S.CANCELED, {"ended_at": NOW}, None),
        (S.INCOMPLETE_EXPIRED, {}, None),
        (
            S.ACTIVE,
            {"card_expires": "03/2026"},
            ("Your Visa ending in 4242 expires before the next charge", R.CHANGE_CARD, ""),
        ),
        (S.ACTIVE, {"card_expires": "03/2026", "period_end_at": NOW + 31 * DAY}, None),
        (S.ACTIVE, {"card_expires": "04/2026"}, None),
        (S.ACTIVE, {"card_expires": "soon"}, None),
        (S.TRIALING, {"trial_end_at": NOW + 4 * DAY, "period_end_at": NOW + 4 * DAY}, None),
        (
            S.TRIALING,
            {"trial_end_at": NOW + 3 * DAY, "period_end_at": NOW + 3 * DAY},
            ("Your trial ends soon", R.NOTHING, "trial-{pk}-20260311"),
        ),
        (
            S.TRIALING,
            {"trial_end_at": NOW + 3 * DAY, "period_end_at": NOW + 3 * DAY, **NO_CARD},
            ("On trial", R.ADD_CARD, ""),
        ),
        (
            S.ACTIVE,
            {"has_pending_update": True, "pay_url": PAY},
            ("Your change waits for its payment", R.PAY, "change-{pk}-20260403"),
        ),
    ],
)
def test_the_banner_speaks_when_something_is_to_be_done(
    reader: User,
    status: str,
    values: dict[str, Any],
    expected: tuple[str, Remedy, str] | None,
    django_assert_num_queries: DjangoAssertNumQueries,
) -> None:
    found = subscription(reader, status, **values)
    with django_assert_num_queries(1):
        banner = banner_for(reader, at=NOW)
    said = (banner.title, banner.remedy, banner.key) if banner else None
    assert said == (expected and (expected[0], expected[1], expected[2].format(pk=found.pk)))


def test_who_reads_already_need_not_finish_an_earlier_purchase(reader: User) -> None:
    subscription(reader, S.INCOMPLETE, started_at=BEGAN + DAY)
    assert banner_for(reader, at=NOW) is not None
    subscription(reader, S.ACTIVE)
    assert banner_for(reader, at=NOW) is None


def test_the_trouble_of_others_is_not_ones_own(reader: User, django_user_model: type[User]) -> None:
    other = django_user_model.objects.create_user("other@example.com")
    subscription(other, S.UNPAID)
    assert banner_for(reader, at=NOW) is None
