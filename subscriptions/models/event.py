"""Stripe's events, stored once; a signal that something changed, never the data itself."""

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from functools import cache
from typing import Any, ClassVar

from django.db import connection, models
from django.db.models import Count, Exists, Min, OuterRef, Q


class NotHeeded(StrEnum):
    """Why an event was ignored, besides foreign prices, whose note names them."""

    OTHER_MODE = "Sent from Stripe's other mode (test or live)."
    NO_CONCERN = "Nothing here depends on it."
    STRANGER = "This customer is not ours."
    FOREIGN_CHECKOUT = "A checkout that this site did not open."


@dataclass(frozen=True)
class EventCounts:
    """How it stands with the events: those unsettled and failed now, and those ignored of a span of time."""

    unsettled: int
    oldest_at: datetime | None
    failed: int
    strangers: int
    foreign_prices: int
    other_mode: int


class StripeEventQuerySet(models.QuerySet["StripeEvent"]):
    def insert_once(self, event: "StripeEvent") -> bool:
        """Insert a new row by one statement; false, and nothing, when its Stripe id is there already.

        Stripe waits for nothing else, and the ORM would take longer to put such a statement together
        than the database takes to run it.
        """
        values = [field.get_db_prep_save(getattr(event, field.attname), connection) for field in _fields()]
        with connection.cursor() as cursor:
            cursor.execute(_insert(), values)
            found = cursor.fetchone()
        if found:
            event.pk = found[0]
        return bool(found)

    def unsettled(self) -> "StripeEventQuerySet":
        return self.filter(state__in=StripeEvent.UNSETTLED)

    def due(self, *, at: datetime) -> "StripeEventQuerySet":
        """Events whose turn it is, the oldest first, without those whose subject is being worked on."""
        mine = self.unsettled().filter(Q(try_after_at__isnull=True) | Q(try_after_at__lte=at))
        in_work = StripeEvent.objects.filter(
            subject=OuterRef("subject"), state=StripeEvent.State.WORKING, try_after_at__gt=at
        )
        return mine.exclude(Exists(in_work)).order_by("received_at")

    def counts(self, *, since: datetime) -> EventCounts:
        """What the publisher should know; the ignored ones are those received from `since` on (rule S6)."""
        waiting = self.unsettled().aggregate(number=Count("pk"), oldest_at=Min("received_at"))
        ignored = self.filter(state=StripeEvent.State.IGNORED, received_at__gte=since)
        return EventCounts(
            unsettled=waiting["number"],
            oldest_at=waiting["oldest_at"],
            failed=self.filter(state=StripeEvent.State.FAILED).count(),
            strangers=ignored.filter(note=NotHeeded.STRANGER).count(),
            foreign_prices=ignored.filter(note__startswith="Price ").count(),
            other_mode=ignored.filter(note=NotHeeded.OTHER_MODE).count(),
        )


class StripeEvent(models.Model):
    class State(models.TextChoices):
        WAITING = "waiting", "waiting"
        WORKING = "working", "being worked on"
        DONE = "done", "done"
        IGNORED = "ignored", "ignored"
        FAILED = "failed", "failed"

    UNSETTLED = (State.WAITING, State.WORKING)

    stripe_id = models.CharField(max_length=80, unique=True)
    type = models.CharField(max_length=80)
    subject = models.CharField("about", max_length=80, blank=True, help_text="The Stripe object to fetch.")
    livemode = models.BooleanField()
    body = models.TextField(help_text="As received; scrubbed of personal data in time.")
    state = models.CharField(max_length=8, choices=State.choices, default=State.WAITING)
    attempts = models.PositiveSmallIntegerField(default=0)
    note = models.TextField(blank=True, help_text="Why it was ignored or how it failed.")
    received_at = models.DateTimeField(db_index=True)
    try_after_at = models.DateTimeField(
        "next try", null=True, blank=True, help_text="Of one that waits, or whose worker is not heard of."
    )
    settled_at = models.DateTimeField(null=True, blank=True)
    scrubbed_at = models.DateTimeField(null=True, blank=True)

    objects: ClassVar[models.Manager["StripeEvent"]] = StripeEventQuerySet.as_manager()

    class Meta:
        ordering = ("-received_at",)
        indexes = (
            models.Index(fields=("subject",), name="event_subject"),
            models.Index(
                fields=("received_at",),
                condition=Q(state__in=("waiting", "working", "failed")),
                name="event_open",
            ),
        )
        verbose_name = "Stripe event"

    def __str__(self) -> str:
        return f"{self.type} {self.stripe_id}"


@cache
def _fields() -> tuple["models.Field[Any, Any]", ...]:
    about = StripeEvent._meta  # noqa: SLF001 (Django's documented API)
    return tuple(field for field in about.concrete_fields if not field.primary_key)


@cache
def _insert() -> str:
    table = StripeEvent._meta.db_table  # noqa: SLF001 (the same)
    columns, marks = ", ".join(str(field.column) for field in _fields()), ", ".join("%s" for _ in _fields())
    into = f"INSERT INTO {table} ({columns}) VALUES ({marks})"  # noqa: S608 (names of our own)
    return f"{into} ON CONFLICT (stripe_id) DO NOTHING RETURNING id"
