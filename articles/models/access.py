"""What it takes to read a story, and the rules by which the house decides it."""

from dataclasses import dataclass
from datetime import datetime
from typing import ClassVar

from django.core.cache import cache
from django.db import models
from django.db.models import Q

from articles.models.topic import Topic


class Access(models.TextChoices):
    FREE = "free", "everyone"
    REGISTERED = "registered", "registered readers"
    SUBSCRIBERS = "subscribers", "subscribers"


class StoryType(models.Model):
    """What kind of piece a story is: a report, an interview, an editorial, a wire item."""

    name = models.CharField(max_length=60, unique=True)
    position = models.PositiveSmallIntegerField("order", default=0)

    class Meta:
        ordering = ("position", "name")

    def __str__(self) -> str:
        return self.name


@dataclass(frozen=True)
class RuleFact:
    """An access rule as it is weighed; a condition that is None fits every story."""

    pk: int
    name: str
    access: str
    section: int | None = None
    topic: int | None = None
    story_type: int | None = None
    older_than_months: int | None = None

    def covers(self, other: "RuleFact") -> bool:
        """Whether it fits every story that the other one fits, so that after it the other never decides."""
        mine, theirs = self.older_than_months, other.older_than_months
        return (
            self.section in {None, other.section}
            and self.topic in {None, other.topic}
            and self.story_type in {None, other.story_type}
            and (mine is None or (theirs is not None and mine <= theirs))
        )


@dataclass(frozen=True)
class Ruling:
    """Who may read a story, and which rule says so, in words for the desk."""

    access: str
    because: str

    @property
    def is_gated(self) -> bool:
        return self.access != Access.FREE


KEPT_RULES, KEPT_SECONDS = "articles.access-rules", 60


class AccessRuleQuerySet(models.QuerySet["AccessRule"]):
    def in_force(self) -> tuple[RuleFact, ...]:
        """All rules in their order, kept between requests: a change holds everywhere within a minute."""
        kept: tuple[RuleFact, ...] | None = cache.get(KEPT_RULES)
        if kept is None:
            names = ("pk", "name", "access", "section_id", "topic_id", "story_type_id", "older_than_months")
            kept = tuple(RuleFact(*row) for row in self.order_by("position", "pk").values_list(*names))
            cache.set(KEPT_RULES, kept, KEPT_SECONDS)
        return kept


class AccessRule(models.Model):
    """Who may read the stories that meet all its conditions. The first rule that fits decides."""

    name = models.CharField(max_length=80, unique=True, help_text="For the desk: “The archive is free”.")
    position = models.PositiveSmallIntegerField(
        "order", default=0, help_text="The first rule that fits a story decides."
    )
    section = models.ForeignKey("articles.Section", models.CASCADE, null=True, blank=True, related_name="+")
    topic = models.ForeignKey(Topic, models.CASCADE, null=True, blank=True, related_name="+")
    story_type = models.ForeignKey(StoryType, models.CASCADE, null=True, blank=True, related_name="+")
    older_than_months = models.PositiveSmallIntegerField(
        "older than, in months",
        null=True,
        blank=True,
        help_text="Since it appeared. Empty: of any age.",
    )
    access = models.CharField("who may read", max_length=12, choices=Access.choices)

    objects: ClassVar[AccessRuleQuerySet] = AccessRuleQuerySet.as_manager()  # type: ignore[assignment]

    class Meta:
        ordering = ("position", "pk")
        constraints = (
            models.CheckConstraint(
                condition=Q(section__isnull=False)
                | Q(topic__isnull=False)
                | Q(story_type__isnull=False)
                | Q(older_than_months__isnull=False),
                name="access_rule_has_condition",
                violation_error_message="Give at least one condition: a section, a topic, a type or an age.",
            ),
        )

    def __str__(self) -> str:
        return self.name


def months_before(at: datetime, months: int) -> datetime:
    """The same moment `months` earlier; the last day of the month where that one has no such day.

    No earlier than the first year there is.
    """
    ordinal = max(12, at.year * 12 + at.month - 1 - months)
    year, month = divmod(ordinal, 12)
    for day in range(at.day, 27, -1):
        try:
            return at.replace(year=year, month=month + 1, day=day)
        except ValueError:
            continue
    return at.replace(year=year, month=month + 1)
