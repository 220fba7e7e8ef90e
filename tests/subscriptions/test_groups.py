"""Groups: seats bought, invited by mail and by domain, taken, taken back; they follow their owner's state."""

import re
from datetime import timedelta

import pytest
from allauth.account.models import EmailAddress
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from accounts.models import AuditEntry, User
from subscriptions.actions.books import sync_customer
from subscriptions.actions.checkouts import ensure_customer
from subscriptions.actions.groups import (
    NoSeatLeft,
    NotYourDomain,
    NotYourSeat,
    invite_to_seat,
    join_by_domain,
    open_to_domain,
    read_seat,
    return_seat,
    seat_url,
    take_seat,
)
from subscriptions.actions.plans import sync_plans
from subscriptions.models import Group, Notice, Plan, Seat, Subscription
from subscriptions.queries import grants_of, group_owned_by, groups_open_to
from tests.subscriptions.conftest import Till

pytestmark = pytest.mark.django_db(transaction=True)

NOW = timezone.now()


def person(email: str) -> User:
    user = User.objects.create_user(email)
    EmailAddress.objects.create(user=user, email=email, verified=True, primary=True)
    return user


@pytest.fixture
def group_plan(till: Till, db: None) -> Plan:
    plan = Plan.objects.create(key="group", name="Group", amount=600, is_for_groups=True)
    list(sync_plans())
    plan.refresh_from_db()
    return plan


@pytest.fixture
def owner(reader: User) -> User:
    EmailAddress.objects.create(user=reader, email="desk@harrow.example", verified=True)
    return reader


@pytest.fixture
def group(till: Till, owner: User, group_plan: Plan) -> Group:
    """Three seats, paid in Stripe."""
    price = {"price": group_plan.stripe_price_id, "quantity": 3}
    till.subscribe(owner, group_plan, items=[price])
    sync_customer(customer=ensure_customer(user=owner), at=NOW)
    return Group.objects.get()


def reads(user: User) -> bool:
    return bool(grants_of(user, at=timezone.now()))


def seat_for(group: Group, owner: User, user: User) -> Seat:
    seat = invite_to_seat(group=group, email=user.email, by=owner, at=NOW)
    take_seat(seat=seat, user=user, at=NOW)
    return seat


def test_a_subscription_by_seat_brings_its_group(group: Group, owner: User) -> None:
    assert (group.bought, group.name, group_owned_by(owner)) == (3, str(owner), group)
    sync_customer(customer=ensure_customer(user=owner), at=NOW)
    assert Group.objects.count() == 1


def test_an_invitation_is_written_once_a_day_and_opens_the_seat(group: Group, owner: User) -> None:
    seat = invite_to_seat(group=group, email=" Ilse@Example.com ", by=owner, at=NOW)
    assert invite_to_seat(group=group, email="ilse@example.com", by=owner, at=NOW) == seat
    letter = Notice.objects.get(kind=Notice.Kind.SEAT_INVITATION)
    assert (letter.address, letter.facts["url"]) == ("ilse@example.com", seat_url(seat))
    invite_to_seat(group=group, email="ilse@example.com", by=owner, at=NOW + timedelta(days=1))
    assert Notice.objects.count() >= 2

    ilse = person("ilse@example.com")
    assert not reads(ilse)
    take_seat(seat=read_seat(seat_url(seat).split("/")[-2]), user=ilse, at=NOW)
    assert [fact.reason for fact in grants_of(ilse, at=timezone.now())] == [f"You have a seat in {group}."]


@pytest.mark.parametrize("token", ["", "1", "MQ.forged", "eyJhIjoxfQ.x"])
def test_a_forged_invitation_opens_nothing(group: Group, token: str) -> None:
    with pytest.raises(NotYourSeat):
        read_seat(token)


def test_no_more_seats_are_given_than_were_bought(group: Group, owner: User) -> None:
    for n in range(3):
        invite_to_seat(group=group, email=f"reader{n}@example.com", by=owner, at=NOW)
    with pytest.raises(NoSeatLeft):
        invite_to_seat(group=group, email="fourth@example.com", by=owner, at=NOW)
    return_seat(seat=group.seats.get(email="reader1@example.com"), by=owner, at=NOW)
    invite_to_seat(group=group, email="fourth@example.com", by=owner, at=NOW)
    assert group.seats.filter(returned_at=None).count() == 3


def test_a_seat_taken_back_ends_at_once_and_says_so(group: Group, owner: User) -> None:
    ilse = person("ilse@example.com")
    seat = seat_for(group, owner, ilse)
    assert reads(ilse)
    return_seat(seat=seat, by=owner, at=timezone.now())
    return_seat(seat=seat, by=owner, at=timezone.now())
    assert not reads(ilse)
    assert Notice.objects.filter(kind=Notice.Kind.SEAT_RETURNED, user=ilse).count() == 1
    assert AuditEntry.objects.filter(action="take seat back").count() == 1
    with pytest.raises(NotYourSeat):
        take_seat(seat=seat, user=ilse, at=NOW)


def test_a_seat_is_one_persons(group: Group, owner: User) -> None:
    ilse, timo = person("ilse@example.com"), person("timo@example.com")
    seat = seat_for(group, owner, ilse)
    with pytest.raises(NotYourSeat):
        take_seat(seat=seat, user=timo, at=NOW)
    second = invite_to_seat(group=group, email="ilse.two@example.com", by=owner, at=NOW)
    take_seat(seat=second, user=ilse, at=NOW)  # she has one
    second.refresh_from_db()
    assert (second.user, reads(timo)) == (None, False)


def test_a_domain_opens_free_seats_to_proven_addresses_alone(group: Group, owner: User) -> None:
    ilse, stranger = person("ilse@harrow.example"), person("ilse@delta.example")
    unproven = User.objects.create_user("nora@harrow.example")
    EmailAddress.objects.create(user=unproven, email=unproven.email, verified=False)
    open_to_domain(group=group, domain="@Harrow.example", by=owner, at=NOW)
    assert [groups_open_to(user) for user in (ilse, stranger, unproven, owner)] == [[group], [], [], []]

    join_by_domain(group=group, user=ilse, at=NOW)
    join_by_domain(group=group, user=ilse, at=NOW)
    assert (reads(ilse), group.seats.count(), groups_open_to(ilse)) == (True, 1, [])
    for user in (stranger, unproven):
        with pytest.raises(NotYourSeat):
            join_by_domain(group=group, user=user, at=NOW)


def test_nobody_opens_a_group_to_a_domain_of_others(group: Group, owner: User) -> None:
    for domain in ("delta.example", "no domain", ""):
        with pytest.raises(NotYourDomain):
            open_to_domain(group=group, domain=domain, by=owner, at=NOW)
    assert not group.domains.exists()


def test_seats_end_and_come_back_with_their_owners_subscription(
    till: Till, group: Group, owner: User, group_plan: Plan
) -> None:
    ilse, timo = person("ilse@example.com"), person("timo@example.com")
    seat_for(group, owner, ilse)
    seat_for(group, owner, timo)
    customer, subscription = ensure_customer(user=owner), Subscription.objects.get()
    item = {"id": subscription.item_id}
    till.v1.subscriptions.update(subscription.stripe_id, {"items": [{**item, "quantity": 1}]})
    sync_customer(customer=customer, at=timezone.now())
    assert (reads(ilse), reads(timo)) == (True, False)
    till.v1.subscriptions.update(subscription.stripe_id, {"items": [{**item, "quantity": 2}]})
    sync_customer(customer=customer, at=timezone.now())
    assert (reads(ilse), reads(timo)) == (True, True)
    charge = till.v1.charges.list({"customer": customer.stripe_id}).data[-1]
    till.v1.refunds.create({"charge": charge.id})
    till.v1.subscriptions.cancel(subscription.stripe_id)
    sync_customer(customer=customer, at=timezone.now())
    assert (reads(ilse), reads(timo), reads(owner)) == (False, False, False)
    assert group_owned_by(owner) is None


def test_the_owners_page_does_all_of_it(client: Client, group: Group, owner: User) -> None:
    client.force_login(owner)
    sent = client.post(reverse("group_invite"), {"addresses": "ilse@example.com, nonsense\ntimo@example.com"})
    assert (sent.status_code, group.seats.count()) == (400, 2)
    page = sent.content.decode()
    assert re.findall(r"<textarea[^>]*>([^<]*)</textarea>", page) == ["nonsense"]
    seat = group.seats.get(email="ilse@example.com")
    asked = client.get(reverse("group_take_back", args=(seat.pk,))).content.decode()
    assert ("Take back the seat of ilse@example.com?" in asked, group.seats.held().count()) == (True, 2)
    client.post(reverse("group_take_back", args=(seat.pk,)))
    client.post(reverse("group_domain"), {"domain": "harrow.example"})
    client.post(reverse("group_rename"), {"name": "Harrow Reading Room"})
    client.get(reverse("group"))  # what was done is told once
    page = client.get(reverse("group")).content.decode()
    assert ("1 of 3 seats given out" in page, "harrow.example" in page, "Harrow Reading Room" in page) == (
        True,
        True,
        True,
    )
    assert "ilse@example.com" not in page


def test_somebody_elses_group_is_not_there(client: Client, group: Group, owner: User) -> None:
    seat = invite_to_seat(group=group, email="ilse@example.com", by=owner, at=NOW)
    client.force_login(person("stranger@example.com"))
    answers = [
        client.get(reverse("group")),
        client.post(reverse("group_invite"), {"addresses": "x@example.com"}),
        client.post(reverse("group_take_back", args=(seat.pk,))),
        client.post(reverse("seat_leave", args=(seat.pk,))),
        client.post(reverse("seat_join", args=(group.pk,))),
    ]
    assert [answer.status_code for answer in answers] == [404] * 5
    assert (group.seats.count(), Seat.objects.get().returned_at) == (1, None)


def test_an_invited_reader_takes_and_gives_up_a_seat(client: Client, group: Group, owner: User) -> None:
    address = seat_url(invite_to_seat(group=group, email="ilse@example.com", by=owner, at=NOW))
    address = address.partition("//")[2].partition("/")[2]
    page = client.get(f"/{address}")
    assert (page.status_code, "Create an account" in page.content.decode()) == (200, True)
    ilse = person("ilse@work.example")
    client.force_login(ilse)
    client.post(f"/{address}")
    assert reads(ilse)
    client.post(reverse("seat_leave", args=(Seat.objects.get().pk,)))
    assert (reads(ilse), client.get(f"/{address}").status_code) == (False, 410)


def test_a_group_that_has_ended_takes_nobody_in(till: Till, group: Group, owner: User) -> None:
    seat = invite_to_seat(group=group, email="ilse@example.com", by=owner, at=NOW)
    till.v1.subscriptions.cancel(group.subscription.stripe_id)
    sync_customer(customer=ensure_customer(user=owner), at=timezone.now())
    with pytest.raises(NotYourSeat):
        take_seat(seat=seat, user=person("ilse@example.com"), at=timezone.now())
