"""What is to be written, by whom and until when; and what a new story starts from."""

from django.conf import settings
from django.db import models

from articles.fields import BodyField
from articles.models import Access, Article, Section, StoryType


class Priority(models.IntegerChoices):
    LOW = 0, "low"
    NORMAL = 1, "normal"
    HIGH = 2, "high"
    URGENT = 3, "urgent"


class Assignment(models.Model):
    """The plan for a story: it may stand long before the first word of the text."""

    article = models.OneToOneField(Article, models.CASCADE, related_name="assignment")
    brief = models.TextField(max_length=4000, blank=True, help_text="What the story is to be about.")
    assignee = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.SET_NULL, null=True, blank=True, related_name="assignments"
    )
    due_at = models.DateTimeField("due", null=True, blank=True)
    priority = models.PositiveSmallIntegerField(choices=Priority.choices, default=Priority.NORMAL)
    expected_words = models.PositiveIntegerField("expected length", null=True, blank=True)
    overdue_told_at = models.DateTimeField(null=True, blank=True, editable=False)

    class Meta:
        indexes = (
            models.Index(fields=("due_at",), name="assignment_due"),
            models.Index(fields=("assignee", "due_at"), name="assignment_assignee_due"),
        )

    def __str__(self) -> str:
        return f"Assignment: {self.article}"


class StoryTemplate(models.Model):
    """What a story of one type starts from: an interview, a wire item, an editorial."""

    name = models.CharField(max_length=60, unique=True)
    description = models.CharField(max_length=200, blank=True)
    section = models.ForeignKey(Section, models.SET_NULL, null=True, blank=True, related_name="+")
    standfirst = models.TextField(max_length=500, blank=True)
    text = BodyField(blank=True)
    dateline_source = models.CharField("source of the dateline", max_length=40, blank=True)
    access = models.CharField("who may read", max_length=12, choices=Access.choices, blank=True)
    story_type = models.ForeignKey(
        StoryType, models.SET_NULL, null=True, blank=True, related_name="+", verbose_name="type"
    )
    expected_words = models.PositiveIntegerField("expected length", null=True, blank=True)
    position = models.PositiveSmallIntegerField("order", default=0)

    class Meta:
        ordering = ("position", "name")

    def __str__(self) -> str:
        return self.name
