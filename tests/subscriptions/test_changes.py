"""Another plan, price or number of seats: what is shown is what is made (rule C4)."""

from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from django.test import Client
from django.utils import timezone
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from accounts.models import AuditEntry, User
from subscriptions.actions.books import sync_customer
from subscriptions.actions.changes import (
    CannotChange,
    ChangePreview,
    NotYourPreview,
    StalePreview,
    Wish,
    change_subscription,
    show_change,
)
from subscriptions.actions.plans import sync_plans
from subscriptions.models import (
    Customer,
    Group,
    Invoice,
    Notice,
    Plan,
    PlanCurrency,
    PlanPrice,
    Seat,
    Subscription,
)
from subscriptions.statement import now_in_words
from tests.subscriptions.conftest import Till

pytestmark = pytest.mark.django_db(transaction=True)

HOUR = timedelta(hours=1)


@pytest.fixture
def plans(plan: Plan) -> dict[str, Plan]:
    """Monthly at $9, a dearer one, a yearly one, and one sold by seat."""
    Plan.objects.create(key="plus", name="Plus", amount=1500, interval="month")
    Plan.objects.create(key="yearly", name="Yearly", amount=9000, interval="year")
    Plan.objects.create(key="team", name="Team", amount=700, is_for_groups=True, most_seats=50)
    Plan.objects.create(key="euro", name="Euro", amount=900, currency="eur")
    list(sync_plans())
    return {each.key: each for each in Plan.objects.all()}


def have(till: Till, user: User, plan: Plan, **terms: Any) -> Subscription:
    """A subscription as our books have it."""
    stripe_id = till.subscribe(user, plan, **terms).id
    sync_customer(customer=Customer.objects.get(user=user), at=timezone.now())
    return Subscription.objects.get(stripe_id=stripe_id)


def signed_in(user: User) -> Client:
    browser = Client()
    browser.force_login(user)
    return browser


def token_in(page: Any) -> str:
    return str(page.context["preview"].token)


def review(browser: Client, **wish: str | int) -> Any:
    return browser.get("/account/change/review/", wish)


def confirm(browser: Client, token: str) -> Any:
    return browser.post("/account/change/review/", {"token": token}, follow=True)


def sums(invoice: Any) -> tuple[int, int, int, int]:
    return (invoice.total, invoice.tax, invoice.discount, invoice.amount_due)


def lines(invoice: Any) -> list[tuple[int, int, int]]:
    rows = invoice.lines.all() if isinstance(invoice, Invoice) else invoice.lines
    return sorted((line.amount, line.discount, line.tax) for line in rows)


def charges(till: Till, user: User) -> list[int]:
    customer = Customer.objects.get(user=user).stripe_id
    return [row.amount for row in till.v1.charges.list({"customer": customer}).data if row.paid]


@pytest.mark.parametrize(
    ("start", "end"), [("monthly", "plus"), ("plus", "monthly"), ("monthly", "yearly"), ("yearly", "monthly")]
)
def test_c4_the_invoice_made_is_the_one_shown(
    till: Till, reader: User, plans: dict[str, Plan], start: str, end: str
) -> None:
    have(till, reader, plans[start])
    browser = signed_in(reader)
    page = review(browser, plan=end)
    shown = page.context["preview"].now.invoice
    done = confirm(browser, token_in(page))
    made = Invoice.objects.filter(billing_reason="subscription_update").get()
    assert (sums(made), lines(made)) == (sums(shown), lines(shown))
    assert Subscription.objects.get().plan == plans[end]
    assert plans[end].name in done.text
    assert Notice.objects.filter(kind=Notice.Kind.CHANGED).count() == 1


def test_pressing_the_button_twice_charges_once(till: Till, reader: User, plans: dict[str, Plan]) -> None:
    have(till, reader, plans["monthly"])
    browser = signed_in(reader)
    token = token_in(review(browser, plan="yearly"))
    confirm(browser, token)
    paid = charges(till, reader)
    confirm(browser, token)
    assert charges(till, reader) == paid
    assert Invoice.objects.filter(billing_reason="subscription_update").count() == 1
    assert AuditEntry.objects.filter(action="change subscription").count() == 1


def test_a_downgrade_is_kept_as_credit(till: Till, reader: User, plans: dict[str, Plan]) -> None:
    have(till, reader, plans["yearly"])
    browser = signed_in(reader)
    page = review(browser, plan="monthly")
    statement = page.context["statement"]
    assert (statement.due, statement.is_due, statement.credit) == ("$0", False, "$81")
    confirm(browser, token_in(page))
    customer = till.v1.customers.retrieve(Customer.objects.get(user=reader).stripe_id)
    assert customer.balance == -8100
    assert charges(till, reader) == [9000]


def test_every_line_shown_adds_up_to_what_is_charged(
    till: Till, reader: User, plans: dict[str, Plan]
) -> None:
    subscription = have(till, reader, plans["yearly"])
    browser = signed_in(reader)
    confirm(browser, token_in(review(browser, plan="monthly")))
    page = review(browser, plan="yearly")  # a year, less the month not used, less the credit
    rows = [(row.text.split(",")[0], row.money) for row in page.context["statement"].rows]
    assert rows == [("Unused time of Monthly", "−$9"), ("Yearly", "$90"), ("From your credit", "−$81")]
    assert page.context["statement"].due == "$0"
    subscription.refresh_from_db()
    assert subscription.plan == plans["monthly"]


def test_the_next_charges_are_told(till: Till, reader: User, plans: dict[str, Plan]) -> None:
    subscription = have(till, reader, plans["monthly"])
    later = review(signed_in(reader), plan="plus").context["later"]
    assert (later.money, later.interval, later.is_trial) == ("$15", "month", False)
    assert later.first_on == f"{timezone.localtime(subscription.period_end_at):%B %-d, %Y}"


def test_a_change_within_a_trial_charges_nothing_and_leaves_the_trial(
    till: Till, reader: User, plans: dict[str, Plan]
) -> None:
    subscription = have(till, reader, plans["monthly"], trial_period_days=14)
    browser = signed_in(reader)
    page = review(browser, plan="yearly")
    assert (page.context["statement"], page.context["later"].is_trial) == (None, True)
    confirm(browser, token_in(page))
    after = Subscription.objects.get()
    assert (after.plan, after.status) == (plans["yearly"], "trialing")
    assert after.trial_end_at == subscription.trial_end_at
    assert charges(till, reader) == []


def test_a_discount_lowers_what_is_shown_and_what_is_made(
    till: Till, reader: User, plans: dict[str, Plan]
) -> None:
    coupon = till.v1.coupons.create({"percent_off": 50, "duration": "forever", "name": "Half"})
    have(till, reader, plans["monthly"], discounts=[{"coupon": coupon.id}])
    browser = signed_in(reader)
    page = review(browser, plan="yearly")
    assert page.context["statement"].due == "$40.50"
    assert page.context["later"].money == "$45"
    confirm(browser, token_in(page))
    assert Invoice.objects.filter(billing_reason="subscription_update").get().amount_paid == 4050


def test_what_stripe_refuses_is_not_called_an_outage(
    till: Till, reader: User, plans: dict[str, Plan]
) -> None:
    have(till, reader, plans["monthly"])
    PlanPrice.objects.filter(plan__key="plus").update(stripe_id="price_gone")
    page = signed_in(reader).get("/account/change/review/", {"plan": "plus"}, follow=True)
    assert "did not accept that. Nothing was changed" in page.text
    assert Subscription.objects.get().plan == plans["monthly"]


class TestSeats:
    @pytest.fixture
    def team(self, till: Till, reader: User, plans: dict[str, Plan]) -> Subscription:
        stripe_id = till.subscribe(reader, plans["team"]).id
        item = till.v1.subscriptions.retrieve(stripe_id)["items"].data[0].id
        more = {"items": [{"id": item, "quantity": 5}], "proration_behavior": "none"}
        till.v1.subscriptions.update(stripe_id, more)
        sync_customer(customer=Customer.objects.get(user=reader), at=timezone.now())
        return Subscription.objects.get()

    def test_more_seats_are_paid_for_from_today(self, till: Till, reader: User, team: Subscription) -> None:
        browser = signed_in(reader)
        page = review(browser, plan="team", seats=8)
        confirm(browser, token_in(page))
        team.refresh_from_db()
        assert team.quantity == 8
        assert page.context["later"].money == "$56"

    def test_no_fewer_than_are_given_out(self, reader: User, team: Subscription) -> None:
        group, _ = Group.objects.get_or_create(
            subscription=team, defaults={"name": "Quay Office", "created_at": timezone.now()}
        )
        for name in "abcd":
            Seat.objects.create(group=group, email=f"{name}@example.org", invited_at=timezone.now())
        Seat.objects.create(
            group=group, email="e@example.org", invited_at=timezone.now(), returned_at=timezone.now()
        )
        with pytest.raises(CannotChange, match=r"^4 seats are given out. Take back 2 first.$"):
            show_change(subscription=team, wish=Wish("team", 2), at=timezone.now())
        assert show_change(subscription=team, wish=Wish("team", 4), at=timezone.now()).token

    @pytest.mark.parametrize("seats", ["0", "1", "51", "-1", "many", "9" * 40, "٥"])
    def test_no_number_that_the_plan_does_not_have(
        self, till: Till, reader: User, team: Subscription, seats: str
    ) -> None:
        page = signed_in(reader).get("/account/change/review/", {"plan": "team", "seats": seats}, follow=True)
        assert [path for path, _ in page.redirect_chain] == [
            f"/account/change/?subscription={team.stripe_id}"
        ]

    def test_a_group_stays_a_group(self, team: Subscription) -> None:
        with pytest.raises(CannotChange, match="not on sale"):
            show_change(subscription=team, wish=Wish("monthly"), at=timezone.now())


class TestOpenAmount:
    @pytest.fixture
    def open_plan(self, plans: dict[str, Plan]) -> Plan:
        plan = Plan.objects.create(key="friends", name="Friends", amount=1000, is_open_amount=True)
        list(sync_plans())
        plan.refresh_from_db()
        return plan

    def test_the_price_chosen_is_the_price_charged(
        self, till: Till, reader: User, plans: dict[str, Plan], open_plan: Plan
    ) -> None:
        have(till, reader, plans["monthly"])
        browser = signed_in(reader)
        page = review(browser, plan="friends", amount="17.50")
        assert page.context["later"].money == "$17.50"
        confirm(browser, token_in(page))
        after = Subscription.objects.get()
        assert (after.plan, after.amount) == (open_plan, 1750)

    def test_less_than_the_least_is_refused(
        self, till: Till, reader: User, plans: dict[str, Plan], open_plan: Plan
    ) -> None:
        subscription = have(till, reader, plans["monthly"])
        with pytest.raises(CannotChange, match=r"\$10"):
            show_change(subscription=subscription, wish=Wish("friends", 1, 999), at=timezone.now())

    def test_in_another_currency_the_least_is_that_of_the_currency(
        self, till: Till, reader: User, open_plan: Plan
    ) -> None:
        """A thousand yen are less than ten dollars and more than nothing."""
        yen = Plan.objects.create(key="yen", name="Yen", amount=900, currency="jpy")
        PlanCurrency.objects.create(plan=open_plan, currency="jpy", amount=1500)
        list(sync_plans())
        yen.refresh_from_db()
        subscription = have(till, reader, yen)
        with pytest.raises(CannotChange, match="¥1,500"):
            show_change(subscription=subscription, wish=Wish("friends", 1, 1400), at=timezone.now())
        page = review(signed_in(reader), plan="friends", amount="1600")
        assert page.context["later"].money == "¥1,600"


def test_a_printed_copy_needs_to_know_where_to_go(till: Till, reader: User, plans: dict[str, Plan]) -> None:
    Plan.objects.filter(key="plus").update(has_print=True)
    have(till, reader, plans["monthly"])
    browser = signed_in(reader)
    asked = browser.get("/account/change/review/", {"plan": "plus"}, follow=True)
    ((path, _),) = asked.redirect_chain
    assert path == "/account/address/?next=%2Faccount%2Fchange%2Freview%2F%3Fplan%3Dplus"
    where = {"name": "Ines Varga", "line1": "4 Rope Walk", "city": "Port Saldane", "country": "DE"}
    after = {"next": asked.context["next"]}
    assert browser.post("/account/address/", {**where, **after}).status_code == 422  # no postal code
    page = browser.post("/account/address/", {**where, **after, "postal_code": "20457"}, follow=True)
    assert page.context["later"].money == "$15"
    customer = Customer.objects.get(user=reader)
    assert customer.shipping_name == "Ines Varga"
    assert customer.shipping_address == {
        "line1": "4 Rope Walk",
        "postal_code": "20457",
        "city": "Port Saldane",
        "country": "DE",
    }
    confirm(browser, token_in(page))
    assert "Ines Varga, 4 Rope Walk, 20457, Port Saldane, DE" in browser.get("/account/").text


class TestCardTrouble:
    @pytest.fixture
    def with_card(self, till: Till, reader: User, plans: dict[str, Plan]) -> Callable[[str], Subscription]:
        def switch(card: str) -> Subscription:
            subscription = have(till, reader, plans["monthly"])
            method = till.v1.payment_methods.attach(card, {"customer": subscription.customer.stripe_id})
            till.v1.subscriptions.update(subscription.stripe_id, {"default_payment_method": method.id})
            return subscription

        return switch

    @pytest.mark.parametrize(
        ("card", "title", "button"),
        [
            ("pm_card_chargeCustomerFail", "waits for its payment", "Pay now"),
            ("pm_card_authenticationRequired", "confirm the payment", "Confirm with your bank"),
        ],
    )
    def test_c2_the_old_plan_stays_and_the_reader_is_led_to_the_bill(
        self,
        till: Till,
        reader: User,
        plans: dict[str, Plan],
        with_card: Callable[[str], Subscription],
        card: str,
        title: str,
        button: str,
    ) -> None:
        subscription = with_card(card)
        browser = signed_in(reader)
        page = confirm(browser, token_in(review(browser, plan="yearly")))
        subscription.refresh_from_db()
        assert (subscription.plan, subscription.has_pending_update) == (plans["monthly"], True)
        assert subscription.status == "active"
        assert (title in page.text, button in page.text) == (True, True)
        assert subscription.pay_url in page.text
        assert Notice.objects.filter(kind=Notice.Kind.CHANGED).count() == 0

    def test_asked_again_nothing_more_is_billed(
        self, till: Till, reader: User, with_card: Callable[[str], Subscription]
    ) -> None:
        subscription = with_card("pm_card_authenticationRequired")
        browser = signed_in(reader)
        token = token_in(review(browser, plan="yearly"))
        confirm(browser, token)
        confirm(browser, token)
        found = till.v1.invoices.list({"subscription": subscription.stripe_id, "status": "open"}).data
        assert len(found) == 1

    def test_once_it_is_paid_the_change_is_made(
        self, till: Till, reader: User, plans: dict[str, Plan], with_card: Callable[[str], Subscription]
    ) -> None:
        subscription = with_card("pm_card_chargeCustomerFail")
        browser = signed_in(reader)
        confirm(browser, token_in(review(browser, plan="yearly")))
        method = till.v1.payment_methods.attach("pm_card_visa", {"customer": subscription.customer.stripe_id})
        open_invoice = till.v1.invoices.list({"subscription": subscription.stripe_id, "status": "open"}).data[
            0
        ]
        till.v1.invoices.pay(open_invoice.id, {"payment_method": method.id})
        browser.get("/account/returned/")
        subscription.refresh_from_db()
        assert (subscription.plan, subscription.has_pending_update) == (plans["yearly"], False)


class TestWhatDoesNotHold:
    def test_after_an_hour_it_is_shown_anew(self, till: Till, reader: User, plans: dict[str, Plan]) -> None:
        subscription = have(till, reader, plans["monthly"])
        at = timezone.now()
        token = show_change(subscription=subscription, wish=Wish("yearly"), at=at).token
        with pytest.raises(StalePreview):
            change_subscription(
                subscription=subscription, token=token, by=reader, at=at + HOUR + timedelta(seconds=1)
            )
        assert charges(till, reader) == [900]

    def test_sums_that_have_moved_are_shown_anew(
        self, till: Till, reader: User, plans: dict[str, Plan]
    ) -> None:
        have(till, reader, plans["monthly"])
        browser = signed_in(reader)
        token = token_in(review(browser, plan="yearly"))
        plans["yearly"].amount = 12000
        plans["yearly"].save()
        list(sync_plans())
        page = confirm(browser, token)
        assert "Nothing was changed or charged" in page.text
        assert page.context["later"].money == "$120"
        assert charges(till, reader) == [900]
        confirm(browser, token_in(page))
        assert Subscription.objects.get().amount == 12000

    def test_two_tabs_do_not_charge_for_both(self, till: Till, reader: User, plans: dict[str, Plan]) -> None:
        have(till, reader, plans["monthly"])
        browser = signed_in(reader)
        one, other = token_in(review(browser, plan="plus")), token_in(review(browser, plan="yearly"))
        confirm(browser, one)
        page = confirm(browser, other)
        assert "Nothing was changed or charged" in page.text
        assert Subscription.objects.get().plan == plans["plus"]

    @pytest.mark.parametrize("tamper", [lambda token: token + "x", lambda token: "", lambda token: "a:b:c"])
    def test_a_forged_token_is_nothing(
        self, till: Till, reader: User, plans: dict[str, Plan], tamper: Callable[[str], str]
    ) -> None:
        have(till, reader, plans["monthly"])
        browser = signed_in(reader)
        token = token_in(review(browser, plan="plus"))
        assert confirm(browser, tamper(token)).status_code == 404
        assert Subscription.objects.get().plan == plans["monthly"]

    def test_a_foreign_subscription_is_nobodys(
        self, till: Till, reader: User, plans: dict[str, Plan]
    ) -> None:
        mine = have(till, reader, plans["monthly"])
        other = User.objects.create_user(f"other-{datetime.now(UTC).timestamp()}@example.com")
        theirs = have(till, other, plans["monthly"])
        token = show_change(subscription=theirs, wish=Wish("plus"), at=timezone.now()).token
        browser = signed_in(reader)
        for path in ("/account/change/", "/account/change/review/"):
            asked = browser.get(path, {"subscription": theirs.stripe_id, "plan": "plus"})
            assert asked.status_code == 404
        both = {"subscription": theirs.stripe_id, "token": token}
        assert browser.post("/account/change/review/", both).status_code == 404
        assert confirm(browser, token).status_code == 404
        with pytest.raises(NotYourPreview):
            change_subscription(subscription=mine, token=token, by=reader, at=timezone.now())
        theirs.refresh_from_db()
        assert theirs.plan == plans["monthly"]


class TestWhatIsFixed:
    @pytest.mark.parametrize(
        ("values", "reason"),
        [
            ({"status": "past_due"}, "Pay it first"),
            ({"status": "unpaid"}, "Pay it first"),
            ({"status": "incomplete"}, "first payment is not finished"),
            ({"status": "paused"}, "Start it again first"),
            ({"status": "canceled"}, "It has ended"),
            ({"status": "incomplete_expired"}, "never began"),
            ({"cancels_at": timezone.now() + timedelta(days=9)}, "Resume it first"),
            ({"pause_behavior": "void"}, "Payments are paused"),
            ({"money_back_at": timezone.now()}, "given back or is disputed"),
            ({"disputed_at": timezone.now()}, "given back or is disputed"),
        ],
    )
    def test_it_says_why(self, reader: User, values: dict[str, Any], reason: str) -> None:
        plan = Plan.objects.create(key="m", name="Monthly", amount=900)
        Plan.objects.create(key="y", name="Yearly", amount=9000, interval="year")
        customer = Customer.objects.create(user=reader, stripe_id="cus_1")
        now = timezone.now()
        facts = {"status": "active", "amount": 900, "started_at": now, "period_start_at": now}
        facts |= {"period_end_at": now + timedelta(days=30), "synced_at": now, **values}
        subscription = Subscription.objects.create(customer=customer, plan=plan, stripe_id="sub_1", **facts)
        with pytest.raises(CannotChange, match=reason):
            show_change(subscription=subscription, wish=Wish("y"), at=now)
        assert reason in signed_in(reader).get("/account/change/").text

    def test_only_plans_of_the_same_currency_are_offered(
        self, till: Till, reader: User, plans: dict[str, Plan]
    ) -> None:
        have(till, reader, plans["monthly"])
        page = signed_in(reader).get("/account/change/")
        offered = [(option.plan.key, option.price) for option in page.context["options"]]
        assert offered == [("monthly", "$9"), ("plus", "$15"), ("yearly", "$90")]

    def test_a_price_no_longer_sold_stays_with_more_seats(
        self, till: Till, reader: User, plans: dict[str, Plan]
    ) -> None:
        subscription = have(till, reader, plans["team"])
        plans["team"].amount = 1100
        plans["team"].save()
        list(sync_plans())
        preview = show_change(subscription=subscription, wish=Wish("team", 3), at=timezone.now())
        assert preview.later.invoice.total == 2100


# ----------------------------------------------------------------------------- at any moment, any plans


@settings(max_examples=12, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(
    moves=st.lists(
        st.tuples(
            st.sampled_from(["monthly", "plus", "yearly"]), st.integers(min_value=0, max_value=40 * 24 * 3600)
        ),
        min_size=1,
        max_size=3,
    )
)
def test_c4_at_any_moment_and_between_any_plans(
    till: Till, plans: dict[str, Plan], moves: list[tuple[str, int]]
) -> None:
    """A life of changes on a clock of its own: every preview is the invoice that follows, to the cent."""
    life = Life(till, plans["monthly"])
    for key, seconds in moves:
        life.wait(seconds)
        preview = life.change(key)
        if preview and preview.now:
            made = life.subscription.invoices.filter(billing_reason="subscription_update").first()
            assert made is not None
            assert (sums(made), lines(made)) == (sums(preview.now.invoice), lines(preview.now.invoice))
            _assert_adds_up(preview)


def _assert_adds_up(preview: ChangePreview) -> None:
    assert preview.now
    invoice = preview.now.invoice
    used = invoice.amount_due - max(0, invoice.total)
    total = sum(line.amount for line in invoice.lines) - invoice.discount + invoice.tax
    assert max(0, total) + used == invoice.amount_due
    statement = now_in_words(preview)
    assert statement
    assert bool(statement.credit) == (total < 0)


class Life:
    """A reader with a test clock."""

    def __init__(self, till: Till, plan: Plan) -> None:
        self.till = till
        self.user = User.objects.create_user(f"life-{datetime.now(UTC).timestamp()}@example.com")
        self.now = datetime(2026, 3, 1, 12, tzinfo=UTC)
        self.clock = till.v1.test_helpers.test_clocks.create({"frozen_time": int(self.now.timestamp())})
        made = till.v1.customers.create({"email": self.user.email, "test_clock": self.clock.id})
        self.customer = Customer.objects.create(user=self.user, stripe_id=made.id)
        method = till.v1.payment_methods.attach("pm_card_visa", {"customer": made.id})
        params = {"customer": made.id, "items": [{"price": plan.stripe_price_id}]}
        till.v1.subscriptions.create({**params, "default_payment_method": method.id})
        self.sync()

    @property
    def subscription(self) -> Subscription:
        return Subscription.objects.select_related("plan").get(customer=self.customer)

    def sync(self) -> None:
        sync_customer(customer=self.customer, at=self.now)

    def wait(self, seconds: int) -> None:
        self.now += timedelta(seconds=seconds)
        clocks = self.till.v1.test_helpers.test_clocks
        if seconds:
            clocks.advance(self.clock.id, {"frozen_time": int(self.now.timestamp())})
        self.sync()

    def change(self, key: str) -> ChangePreview | None:
        """The preview that was then carried out; None for the plan they have."""
        try:
            preview = show_change(subscription=self.subscription, wish=Wish(key), at=self.now)
        except CannotChange:
            return None
        later = self.now + timedelta(minutes=5)
        change_subscription(subscription=self.subscription, token=preview.token, by=self.user, at=later)
        return preview
