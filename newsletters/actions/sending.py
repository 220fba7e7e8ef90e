"""Sending from the ledger: claim a few messages, send each, note its fate before the next (rules E1 to E4).

Every step is a conditional UPDATE of its own, committed at once: two workers never hold the same message, and
a worker that dies leaves rows that say exactly how far it came.
"""

import time
from collections import Counter
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from itertools import islice
from uuid import uuid4

from django.db import connection, transaction
from django.db.models import Exists, OuterRef

from articles.models import Article
from kit.letters import Letter
from newsletters.actions.releasing import hold_edition
from newsletters.emails import letter_of, make_message
from newsletters.gateways import Answer, Fate, Post, Unreachable, open_post
from newsletters.models import Delivery, Edition
from newsletters.queries import CHUNK, Recipient, audience, is_stale

State = Delivery.State

BATCH_SIZE = 50
BATCH_SECONDS = 60
"""A batch that takes longer gives back what it has not begun, so that claims are never old."""

BACK_OFF = tuple(timedelta(minutes=minutes) for minutes in (1, 5, 15, 60, 180))
"""How long to leave a recipient alone after each temporary refusal; after one more the message has failed."""

SERVER_PAUSE = timedelta(minutes=1)
REFUSALS_IN_A_ROW = 3
"""So many temporary refusals one after the other mean: slow down."""


@dataclass
class Batch:
    """What one batch did. `is_over`: nothing more can be sent now."""

    counts: Counter[str] = field(default_factory=Counter)
    is_over: bool = False
    trouble: str = ""


def fix_recipients(*, edition: Edition, at: datetime) -> None:
    """Write one row for every reader of the letter, once (rule E6). Broken off, it is simply called again."""
    if edition.recipients_fixed_at is not None:
        return
    readers = audience(edition.newsletter, at=at)
    while chunk := list(islice(readers, CHUNK)):
        Delivery.objects.bulk_create(
            (
                Delivery(
                    edition=edition, user_id=reader.user_id, address=reader.address, variant=reader.variant
                )
                for reader in chunk
            ),
            ignore_conflicts=True,
        )
    edition.recipients_fixed_at = at
    edition.save(update_fields=("recipients_fixed_at",))


def deliver_batch(*, edition: Edition, worker: str, at: datetime, size: int = BATCH_SIZE) -> Batch:
    """Send up to `size` due messages of an edition on its way. Many workers may call it at once (rule E2)."""
    if not _may_go_on(edition, at):
        return Batch(is_over=True)
    hand = _Hand(edition, f"{worker[:40]}/{uuid4().hex[:12]}", at)
    batch = Batch()
    deliveries = hand.claim(size)
    if not deliveries:
        finish_sending(edition=edition, at=at)
        return Batch(is_over=True)
    try:
        with open_post() as post:
            _send_all(hand, deliveries, post, batch)
    except Unreachable as error:
        batch.trouble, batch.is_over = str(error), True
    finally:
        hand.give_back(pause=SERVER_PAUSE if batch.trouble else timedelta())
    finish_sending(edition=edition, at=at)
    return batch


def _may_go_on(edition: Edition, at: datetime) -> bool:
    """Whether the edition is still on its way: not held, not overdue, none of its stories withdrawn."""
    edition.refresh_from_db()
    if edition.state != Edition.State.SENDING:
        return False
    ids = set(edition.copies.values_list("story_ids", flat=True).first() or ())
    if is_stale(edition, at=at):
        hold_edition(edition=edition, because="It was not sent in time.", at=at)
    elif Article.objects.visible(at=at).filter(pk__in=ids).count() < len(ids):
        hold_edition(edition=edition, because="One of its stories was withdrawn.", at=at)
    return edition.state == Edition.State.SENDING


def _send_all(hand: "_Hand", deliveries: list[Delivery], post: Post, batch: Batch) -> None:
    letters = {copy.variant: letter_of(copy) for copy in hand.edition.copies.all()}
    readers = hand.readers_of(deliveries)
    deadline = time.monotonic() + BATCH_SECONDS
    refusals = 0
    for delivery in deliveries:
        reader = readers.get(delivery.user_id or 0)
        if reader is None or reader.address != delivery.address:
            batch.counts[State.SKIPPED] += hand.skip(delivery)
        elif hand.begin(delivery, reader):
            answer = _send(hand, delivery, reader, letters[reader.variant], post)
            batch.counts[hand.settle(delivery, answer)] += 1
            refusals = refusals + 1 if answer.fate is Fate.DEFERRED else 0
            if refusals == REFUSALS_IN_A_ROW or not answer.is_connected:
                batch.trouble = answer.words
                return
        if time.monotonic() > deadline:
            return


def _send(hand: "_Hand", delivery: Delivery, reader: Recipient, letter: Letter, post: Post) -> Answer:
    try:
        return post.send(make_message(hand.edition, letter, reader, at=hand.at))
    except Unreachable:
        hand.put_back(delivery)
        raise


def finish_sending(*, edition: Edition, at: datetime) -> bool:
    """Mark the edition as sent when nothing of it is open any more; True when this call did it."""
    still_open = Delivery.objects.open().filter(edition=OuterRef("pk"))
    over = Edition.objects.filter(~Exists(still_open), pk=edition.pk, state=Edition.State.SENDING)
    return bool(over.filter(recipients_fixed_at__isnull=False).update(state=Edition.State.SENT, sent_at=at))


class _Hand:
    """The messages one batch holds. Each step asks the row whether it is still ours, in the same UPDATE."""

    def __init__(self, edition: Edition, token: str, at: datetime) -> None:
        self.edition = edition
        self.token = token
        self.at = at

    def claim(self, size: int) -> list[Delivery]:
        """Take up to `size` due messages in hand; committed before anything is sent."""
        due = Delivery.objects.filter(edition=self.edition).due(at=self.at).order_by("pk")
        with transaction.atomic(durable=True):
            if connection.features.has_select_for_update_skip_locked:
                due = due.select_for_update(skip_locked=True)
            ids = list(due.values_list("pk", flat=True)[:size])
            free = Delivery.objects.filter(pk__in=ids, state=State.QUEUED)
            free.update(state=State.CLAIMED, claimed_by=self.token, claimed_at=self.at)
        return list(
            Delivery.objects.filter(pk__in=ids, claimed_by=self.token, state=State.CLAIMED).order_by("pk")
        )

    def readers_of(self, deliveries: list[Delivery]) -> dict[int, Recipient]:
        """Who of them is still to get the letter, and in which form, as it is now (rules U8, E6)."""
        users = [delivery.user_id for delivery in deliveries if delivery.user_id]
        return {
            reader.user_id: reader for reader in audience(self.edition.newsletter, at=self.at, among=users)
        }

    def begin(self, delivery: Delivery, reader: Recipient) -> bool:
        """From here on the message may have arrived. False when it was taken away meanwhile."""
        delivery.attempts += 1
        return self._move(
            delivery, State.CLAIMED, state=State.SENDING, attempts=delivery.attempts, variant=reader.variant
        )

    def skip(self, delivery: Delivery) -> bool:
        note = "No longer wants it, or the address changed."
        return self._move(delivery, State.CLAIMED, state=State.SKIPPED, settled_at=self.at, note=note)

    def settle(self, delivery: Delivery, answer: Answer) -> str:
        """Note what became of the message; returns its new state."""
        note = answer.words[:300]
        if answer.fate is Fate.DEFERRED and delivery.attempts <= len(BACK_OFF):
            again_at = self.at + BACK_OFF[delivery.attempts - 1]
            state = State.QUEUED
            self._move(delivery, State.SENDING, state=state, not_before_at=again_at, claimed_by="", note=note)
            return state
        state = _OUTCOMES[answer.fate]
        settled_at = None if state == State.UNKNOWN else self.at
        # The sweep may have given us up for dead; what we know counts.
        self._move(delivery, State.SENDING, State.UNKNOWN, state=state, settled_at=settled_at, note=note)
        return state

    def put_back(self, delivery: Delivery) -> None:
        """Nothing of the message was sent: the server, not the recipient, was the trouble."""
        attempts = delivery.attempts - 1
        self._move(delivery, State.SENDING, state=State.QUEUED, attempts=attempts, claimed_by="")

    def give_back(self, *, pause: timedelta) -> None:
        """Return what was not begun to the queue."""
        ours = Delivery.objects.filter(claimed_by=self.token, state=State.CLAIMED)
        ours.update(state=State.QUEUED, claimed_by="", not_before_at=self.at + pause if pause else None)

    def _move(self, delivery: Delivery, *states: str, **changes: object) -> bool:
        ours = Delivery.objects.filter(pk=delivery.pk, claimed_by=self.token, state__in=states)
        return bool(ours.update(**changes))


_OUTCOMES = {
    Fate.ACCEPTED: State.ACCEPTED,
    Fate.DEFERRED: State.FAILED,
    Fate.REFUSED: State.FAILED,
    Fate.UNKNOWN: State.UNKNOWN,
}
