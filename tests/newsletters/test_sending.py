"""Rules E1 to E9 and U8, against a real mail server."""

from collections import Counter
from datetime import timedelta
from typing import Any

import pytest
from allauth.account.models import EmailAddress
from django.utils import timezone

from accounts.models import AuditEntry
from articles.models import State as StoryState
from newsletters.actions import (
    CannotSend,
    deliver_batch,
    finish_sending,
    fix_recipients,
    mark_lost_claims,
    resolve_unknown,
    set_preference,
    start_sending,
    unsubscribe,
)
from newsletters.actions.recovering import LOST_AFTER
from newsletters.actions.sending import BACK_OFF, SERVER_PAUSE
from newsletters.models import Delivery, Edition
from newsletters.queries import state_counts
from tests.factories.newsletters import (
    FREE_TEXT,
    FRIDAY,
    PAID_TEXT,
    make_edition,
    make_reader,
    make_story,
    weekly,
)
from tests.newsletters.mail_server import MailServer

pytestmark = pytest.mark.django_db

QUEUED, CLAIMED, SENDING = Delivery.State.QUEUED, Delivery.State.CLAIMED, Delivery.State.SENDING
ACCEPTED, FAILED = Delivery.State.ACCEPTED, Delivery.State.FAILED
SKIPPED, UNKNOWN = Delivery.State.SKIPPED, Delivery.State.UNKNOWN


def let_go(edition: Edition, at: Any = FRIDAY) -> Edition:
    start_sending(edition=edition, by=None, at=at)
    fix_recipients(edition=edition, at=at)
    return edition


def counts(edition: Edition) -> dict[str, int]:
    return {state: count for state, count in state_counts(edition).items() if count}


def state_of(address: str) -> str:
    return Delivery.objects.get(address=address).state


def parts_with(words: str, server: MailServer) -> dict[str, int]:
    """In how many parts of each reader's message the words stand."""
    return {
        message["To"].addresses[0].addr_spec: sum(
            words in " ".join(part.get_content().split()) for part in message.iter_parts()
        )
        for message in server.messages()
    }


def test_every_reader_gets_one_message_over_one_connection(mail_server: MailServer) -> None:
    readers = [make_reader(wants=True) for _ in range(5)]
    edition = let_go(make_edition())
    batch = deliver_batch(edition=edition, worker="w", at=FRIDAY)
    assert sorted(mail_server.recipients()) == sorted(reader.email for reader in readers)
    assert mail_server.connections == 1
    assert batch.counts == Counter({ACCEPTED: 5})
    edition.refresh_from_db()
    assert (edition.state, edition.sent_at) == (Edition.State.SENT, FRIDAY)


def test_e2_two_workers_never_hold_the_same_message(mail_server: MailServer) -> None:
    for _ in range(6):
        make_reader(wants=True)
    edition = let_go(make_edition())
    for worker in ("a", "b", "a", "b"):
        deliver_batch(edition=edition, worker=worker, at=FRIDAY, size=2)
    assert Counter(Counter(mail_server.recipients()).values()) == Counter({1: 6})
    assert counts(edition) == {ACCEPTED: 6}


def test_e2_a_claimed_message_is_not_taken_by_another_worker(mail_server: MailServer) -> None:
    make_reader(wants=True)
    edition = let_go(make_edition())
    edition.deliveries.update(state=CLAIMED, claimed_by="other", claimed_at=FRIDAY)
    deliver_batch(edition=edition, worker="w", at=FRIDAY)
    assert mail_server.recipients() == []


@pytest.mark.parametrize("trouble", ["stall", "drop"])
def test_e3_silence_after_the_text_is_unknown_and_not_sent_again(
    mail_server: MailServer, trouble: str
) -> None:
    first, second = make_reader(wants=True), make_reader(wants=True)
    edition = let_go(make_edition())
    mail_server.at_text[first.email] = trouble
    deliver_batch(edition=edition, worker="w", at=FRIDAY)
    assert state_of(first.email) == UNKNOWN
    later = FRIDAY + timedelta(hours=2)
    mark_lost_claims(at=later)
    deliver_batch(edition=edition, worker="w", at=later)
    assert mail_server.recipients() == [first.email, second.email]
    assert counts(edition) == {UNKNOWN: 1, ACCEPTED: 1}


def test_e4_a_temporary_refusal_is_tried_again_later(mail_server: MailServer) -> None:
    reader = make_reader(wants=True)
    edition = let_go(make_edition())
    mail_server.at_recipient[reader.email] = "451 4.7.1 Come back later"
    deliver_batch(edition=edition, worker="w", at=FRIDAY)
    delivery = Delivery.objects.get()
    assert (delivery.state, delivery.not_before_at) == (QUEUED, FRIDAY + BACK_OFF[0])
    assert delivery.note == "451 4.7.1 Come back later"
    mail_server.at_recipient.clear()
    deliver_batch(edition=edition, worker="w", at=FRIDAY + BACK_OFF[0] - timedelta(seconds=1))
    assert mail_server.recipients() == []
    deliver_batch(edition=edition, worker="w", at=FRIDAY + BACK_OFF[0])
    assert (mail_server.recipients(), state_of(reader.email)) == ([reader.email], ACCEPTED)


def test_e4_a_reader_whose_server_never_takes_it_fails_in_the_end(mail_server: MailServer) -> None:
    reader = make_reader(wants=True)
    edition = let_go(make_edition())
    mail_server.at_text[reader.email] = "452 4.2.2 Mailbox full"
    at = FRIDAY
    for pause in BACK_OFF:
        deliver_batch(edition=edition, worker="w", at=at)
        assert state_of(reader.email) == QUEUED
        at += pause
    deliver_batch(edition=edition, worker="w", at=at)
    assert (state_of(reader.email), mail_server.recipients()) == (FAILED, [])
    edition.refresh_from_db()
    assert edition.state == Edition.State.SENT


def test_a_permanent_refusal_fails_and_the_next_reader_is_served(mail_server: MailServer) -> None:
    first, second = make_reader(wants=True), make_reader(wants=True)
    edition = let_go(make_edition())
    mail_server.at_recipient[first.email] = "550 5.1.1 No such reader"
    deliver_batch(edition=edition, worker="w", at=FRIDAY)
    assert (state_of(first.email), state_of(second.email)) == (FAILED, ACCEPTED)
    assert mail_server.recipients() == [second.email]
    assert mail_server.connections == 1


def test_e4_a_server_that_ends_the_line_is_called_once_more(mail_server: MailServer) -> None:
    for _ in range(5):
        make_reader(wants=True)
    edition = let_go(make_edition())
    mail_server.messages_per_line = 2
    deliver_batch(edition=edition, worker="w", at=FRIDAY)
    assert counts(edition) == {ACCEPTED: 5}
    assert mail_server.connections == 3


def test_e4_a_server_that_refuses_us_is_left_alone_and_nobody_is_blamed(mail_server: MailServer) -> None:
    for _ in range(3):
        make_reader(wants=True)
    edition = let_go(make_edition())
    mail_server.at_sender = "550 5.7.1 Sender not allowed"
    batch = deliver_batch(edition=edition, worker="w", at=FRIDAY)
    assert batch.is_over
    assert set(edition.deliveries.values_list("state", "attempts")) == {(QUEUED, 0)}
    mail_server.at_sender = ""
    deliver_batch(edition=edition, worker="w", at=FRIDAY + SERVER_PAUSE)
    assert counts(edition) == {ACCEPTED: 3}


def test_e4_a_server_that_is_down_costs_time_only(mail_server: MailServer, settings: Any) -> None:
    make_reader(wants=True)
    edition = let_go(make_edition())
    settings.EMAIL_PORT = 1
    assert deliver_batch(edition=edition, worker="w", at=FRIDAY).trouble
    assert list(edition.deliveries.values_list("state", "attempts", "claimed_by")) == [(QUEUED, 0, "")]
    settings.EMAIL_PORT = mail_server.port
    deliver_batch(edition=edition, worker="w", at=FRIDAY + SERVER_PAUSE)
    assert counts(edition) == {ACCEPTED: 1}


def test_e5_an_overdue_edition_waits_for_a_person(mail_server: MailServer) -> None:
    make_reader(wants=True)
    edition = make_edition()
    late = FRIDAY + timedelta(hours=25)
    assert start_sending(edition=edition, by=None, at=late) is False
    assert edition.state == Edition.State.HELD
    assert start_sending(edition=edition, by=None, at=late) is False
    editor = make_reader(is_staff=True)
    assert start_sending(edition=edition, by=editor, at=late) is True
    fix_recipients(edition=edition, at=late)
    deliver_batch(edition=edition, worker="w", at=late)
    assert len(mail_server.arrived) == 1


def test_e5_a_sending_that_stopped_for_a_day_waits_for_a_person(mail_server: MailServer) -> None:
    for _ in range(2):
        make_reader(wants=True)
    edition = let_go(make_edition())
    deliver_batch(edition=edition, worker="w", at=FRIDAY, size=1)
    deliver_batch(edition=edition, worker="w", at=FRIDAY + timedelta(hours=25), size=1)
    assert (edition.state, len(mail_server.arrived)) == (Edition.State.HELD, 1)


def test_a_story_withdrawn_in_mid_sending_stops_the_rest(mail_server: MailServer) -> None:
    for _ in range(2):
        make_reader(wants=True)
    story = make_story()
    edition = let_go(make_edition(story, make_story()))
    deliver_batch(edition=edition, worker="w", at=FRIDAY, size=1)
    story.state, story.published_at = StoryState.UNPUBLISHED, None
    story.save()
    deliver_batch(edition=edition, worker="w", at=FRIDAY, size=1)
    assert (edition.state, edition.held_because) == (Edition.State.HELD, "One of its stories was withdrawn.")
    assert len(mail_server.arrived) == 1


def test_e6_recipients_are_fixed_at_the_start(mail_server: MailServer) -> None:
    early = make_reader(wants=True)
    edition = let_go(make_edition())
    make_reader(wants=True)
    fix_recipients(edition=edition, at=FRIDAY)
    deliver_batch(edition=edition, worker="w", at=FRIDAY)
    assert mail_server.recipients() == [early.email]


def test_e6_readers_who_left_since_the_start_are_skipped(mail_server: MailServer) -> None:
    gone, moved, stays = make_reader(wants=True), make_reader(wants=True), make_reader(wants=True)
    edition = let_go(make_edition())
    gone.is_active = False
    gone.save()
    EmailAddress.objects.filter(user=moved).update(email="elsewhere@readers.example")
    moved.email = "elsewhere@readers.example"
    moved.save()
    deliver_batch(edition=edition, worker="w", at=FRIDAY)
    assert mail_server.recipients() == [stays.email]
    assert counts(edition) == {SKIPPED: 2, ACCEPTED: 1}


def test_u8_an_unsubscribe_stops_even_a_message_that_is_in_hand(mail_server: MailServer) -> None:
    reader = make_reader(wants=True)
    edition = let_go(make_edition())
    edition.deliveries.update(state=CLAIMED, claimed_by="w", claimed_at=FRIDAY)
    unsubscribe(newsletter=weekly(), user=reader, source="one click", at=FRIDAY)
    assert state_of(reader.email) == SKIPPED
    set_preference(newsletter=weekly(), user=reader, is_wanted=True, source="undo", at=FRIDAY)
    deliver_batch(edition=edition, worker="w", at=FRIDAY)
    assert mail_server.recipients() == []


def test_e7_each_reader_gets_the_form_they_may_read_as_it_is_now(mail_server: MailServer) -> None:
    payer, free, lapsed = (
        make_reader(subscribes=True),
        make_reader(wants=True),
        make_reader(wants=True, subscribes=True),
    )
    edition = let_go(make_edition())
    lapsed.grants.update(ends_at=FRIDAY)
    deliver_batch(edition=edition, worker="w", at=FRIDAY)
    assert parts_with(PAID_TEXT, mail_server) == {payer.email: 2, free.email: 0, lapsed.email: 0}
    assert parts_with(FREE_TEXT, mail_server) == {payer.email: 2, free.email: 2, lapsed.email: 2}


def test_e9_a_second_click_does_nothing() -> None:
    reader = make_reader(is_staff=True)
    edition = make_edition()
    assert start_sending(edition=edition, by=reader, at=FRIDAY) is True
    assert start_sending(edition=edition, by=reader, at=FRIDAY) is False
    assert AuditEntry.objects.filter(action="send edition").count() == 1


def test_an_edition_without_a_readable_story_is_refused() -> None:
    embargoed = make_story(embargo_until=FRIDAY + timedelta(days=1))
    with pytest.raises(CannotSend, match="no story"):
        start_sending(edition=make_edition(embargoed), by=None, at=FRIDAY)


def test_e1_a_dead_workers_claims_go_back_and_begun_messages_become_unknown(mail_server: MailServer) -> None:
    claimed, begun, alive = (make_reader(wants=True) for _ in range(3))
    edition = let_go(make_edition())
    long_ago = {"claimed_by": "dead", "claimed_at": FRIDAY - LOST_AFTER - timedelta(seconds=1)}
    edition.deliveries.filter(user=claimed).update(state=CLAIMED, **long_ago)
    edition.deliveries.filter(user=begun).update(state=SENDING, **long_ago)
    edition.deliveries.filter(user=alive).update(state=SENDING, claimed_by="alive", claimed_at=FRIDAY)
    assert mark_lost_claims(at=FRIDAY) == 1
    assert [state_of(reader.email) for reader in (claimed, begun, alive)] == [QUEUED, UNKNOWN, SENDING]
    assert finish_sending(edition=edition, at=FRIDAY) is False


def test_an_unknown_message_is_sent_again_only_when_a_person_says_so(mail_server: MailServer) -> None:
    reader, editor = make_reader(wants=True), make_reader(is_staff=True)
    edition = let_go(make_edition())
    mail_server.at_text[reader.email] = "drop"
    deliver_batch(edition=edition, worker="w", at=FRIDAY)
    delivery = Delivery.objects.get()
    edition.refresh_from_db()
    assert edition.state == Edition.State.SENT
    mail_server.at_text.clear()
    assert resolve_unknown(delivery=delivery, resend=True, by=editor, at=FRIDAY) is True
    assert resolve_unknown(delivery=delivery, resend=True, by=editor, at=FRIDAY) is False
    deliver_batch(edition=edition, worker="w", at=FRIDAY)
    assert mail_server.recipients() == [reader.email, reader.email]
    first, second = mail_server.messages()
    assert first["Message-ID"] == second["Message-ID"]


def test_an_unknown_message_can_be_left_as_it_is() -> None:
    make_reader(wants=True)
    editor = make_reader(is_staff=True)
    edition = let_go(make_edition())
    edition.deliveries.update(state=UNKNOWN)
    delivery = Delivery.objects.get()
    assert resolve_unknown(delivery=delivery, resend=False, by=editor, at=timezone.now()) is True
    delivery.refresh_from_db()
    assert delivery.state == UNKNOWN
    assert resolve_unknown(delivery=delivery, resend=True, by=editor, at=timezone.now()) is False
