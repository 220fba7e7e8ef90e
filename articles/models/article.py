"""A story: its text, where it stands, and when it may be seen."""

from datetime import datetime
from typing import ClassVar

from django.conf import settings
from django.db import models
from django.db.models import Case, Exists, F, OuterRef, Q, Value, When
from django.db.models.functions import Coalesce, NullIf
from django.urls import reverse

from articles.fields import BodyField
from articles.models.access import Access, AccessRule, RuleFact, Ruling, StoryType, months_before
from articles.models.author import Author
from articles.models.picture import Picture
from articles.models.section import Section
from articles.models.topic import Topic


class State(models.TextChoices):
    """Where the latest text of a story stands at the desk (the table is `editorial.workflow`).

    A public story whose next text is being worked on is a draft, in review and so on, and public as well:
    what readers see is told by `published_at`, not by the state.
    """

    DRAFT = "draft", "draft"
    IN_REVIEW = "in_review", "in review"
    CHANGES_REQUESTED = "changes_requested", "changes requested"
    APPROVED = "approved", "approved"
    SCHEDULED = "scheduled", "scheduled"
    PUBLISHED = "published", "published"
    UNPUBLISHED = "unpublished", "unpublished"
    KILLED = "killed", "killed"


class Prominence(models.IntegerChoices):
    """How an editor ranks a story on the front page."""

    BRIEF = 0, "brief"
    NORMAL = 1, "normal"
    SECOND = 2, "second rank"
    LEAD = 3, "lead story"


class ArticleQuerySet(models.QuerySet["Article"]):
    def visible(self, *, at: datetime) -> "ArticleQuerySet":
        """The only door to what the public may see at the moment `at`.

        A scheduled story is visible from its minute on, and no longer than until its planned end, whether or
        not a worker has run (rule W6); an embargo holds until it lifts (rule W5).
        """
        return self.filter(
            Q(embargo_until__isnull=True) | Q(embargo_until__lte=at),
            Q(unpublish_at__isnull=True) | Q(unpublish_at__gt=at),
            published_at__lte=at,
        )

    def withdrawn(self, *, at: datetime) -> "ArticleQuerySet":
        """Stories the public once could see and no longer can (rule W7); never one that an embargo hides."""
        return self.filter(
            Q(embargo_until__isnull=True) | Q(embargo_until__lte=at),
            Q(published_at__isnull=True) | Q(unpublish_at__lte=at),
            first_published_at__lte=at,
        )

    def with_access(self, *, at: datetime) -> "ArticleQuerySet":
        """Annotate `access_now`: who may read each story at `at`, as `Article.ruling` says."""
        of_section = Coalesce(NullIf("section__access", Value("")), Value(str(Access.SUBSCRIBERS)))
        rules = (When(_fitting(rule, at), then=Value(rule.access)) for rule in AccessRule.objects.in_force())
        return self.annotate(
            access_now=Case(When(~Q(access=""), then=F("access")), *rules, default=of_section)
        )

    def with_rule(self, *, at: datetime) -> "ArticleQuerySet":
        """Annotate `rule_now`: the key of the access rule that decides at `at`; null where none does."""
        own = When(~Q(access=""), then=None)
        rules = (When(_fitting(rule, at), then=Value(rule.pk)) for rule in AccessRule.objects.in_force())
        field = models.BigIntegerField(null=True)
        return self.annotate(rule_now=Case(own, *rules, default=None, output_field=field))

    def with_what_rules_weigh(self) -> "ArticleQuerySet":
        """What `Article.ruling` looks at: the section, and by a further query the topics if a rule asks."""
        asks_for_topics = any(rule.topic for rule in AccessRule.objects.in_force())
        return self.select_related("section").prefetch_related(*(["topics"] if asks_for_topics else []))

    def for_lists(self) -> "ArticleQuerySet":
        """All that a list shows, in three queries, without the text; in four if a rule asks for topics."""
        return (
            self.defer("body")
            .select_related("lead_picture")
            .prefetch_related("bylines__author")
            .with_what_rules_weigh()
            .order_by("-published_at", "-pk")
        )


def _fitting(rule: RuleFact, at: datetime) -> Q:
    """`Article._fits`, told to the database."""
    fits = Q()
    if rule.section is not None:
        fits &= Q(section=rule.section)
    if rule.story_type is not None:
        fits &= Q(story_type=rule.story_type)
    if rule.topic is not None:
        fits &= Q(Exists(Article.topics.through.objects.filter(article=OuterRef("pk"), topic=rule.topic)))
    if rule.older_than_months is not None:
        until = months_before(at, rule.older_than_months)
        appeared = Q(first_published_at__isnull=True, published_at__lte=until)
        fits &= Q(first_published_at__lte=until) | appeared
    return fits


class Article(models.Model):
    headline = models.CharField(max_length=200, blank=True)
    slug = models.SlugField(max_length=200, unique=True, help_text="The address; the old one keeps working.")
    slugline = models.CharField(max_length=80, blank=True, help_text="The desk's working name.")
    standfirst = models.TextField(max_length=500, blank=True)
    body = BodyField(blank=True)

    dateline_place = models.CharField("place", max_length=80, blank=True)
    dateline_date = models.DateField("date", null=True, blank=True)
    dateline_source = models.CharField("source", max_length=40, blank=True, help_text="For instance EIRNS.")

    section = models.ForeignKey(Section, models.PROTECT, related_name="articles")
    topics = models.ManyToManyField(Topic, blank=True, related_name="articles")
    authors = models.ManyToManyField(Author, through="Byline", related_name="articles")
    language = models.CharField(max_length=12, default="en", help_text="A language code such as en or pt-BR.")
    lead_picture = models.ForeignKey(Picture, models.PROTECT, null=True, blank=True, related_name="+")
    story_type = models.ForeignKey(
        StoryType, models.SET_NULL, null=True, blank=True, related_name="articles", verbose_name="type"
    )
    access = models.CharField(
        "who may read",
        max_length=12,
        choices=Access.choices,
        blank=True,
        help_text="Empty: as the rules of access say, or else the section.",
    )
    prominence = models.PositiveSmallIntegerField(
        "place on the front page", choices=Prominence.choices, default=Prominence.NORMAL
    )

    state = models.CharField(max_length=20, choices=State.choices, default=State.DRAFT, editable=False)
    # The number of the latest saved text, and of the one readers see (null: none yet).
    version = models.PositiveIntegerField(default=0, editable=False)
    public_version = models.PositiveIntegerField(null=True, blank=True, editable=False)
    # Public from this moment on; null while it is not meant to be. The sole fact of publicness.
    published_at = models.DateTimeField("published", null=True, blank=True, editable=False)
    first_published_at = models.DateTimeField("first published", null=True, blank=True, editable=False)
    updated_at = models.DateTimeField("updated", null=True, blank=True, editable=False)
    scheduled_for = models.DateTimeField("scheduled for", null=True, blank=True, editable=False)
    unpublish_at = models.DateTimeField("public until", null=True, blank=True)
    embargo_until = models.DateTimeField("embargo until", null=True, blank=True)
    withdrawal_notice = models.CharField(max_length=300, blank=True, editable=False)

    seo_title = models.CharField("title for search engines", max_length=120, blank=True)
    seo_description = models.CharField("description for search engines", max_length=300, blank=True)
    canonical_url = models.URLField(
        "canonical address", blank=True, help_text="When the story first ran elsewhere."
    )
    word_count = models.PositiveIntegerField(default=0, editable=False)
    # Null, not empty, when a story is not from the wire: it is unique.
    wire_key = models.CharField(max_length=64, null=True, blank=True, unique=True, editable=False)

    created_at = models.DateTimeField(editable=False)
    created_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, null=True, blank=True, editable=False, related_name="+"
    )
    changed_at = models.DateTimeField(editable=False)

    objects: ClassVar[models.Manager["Article"]] = ArticleQuerySet.as_manager()

    class Meta:
        ordering = ("-changed_at", "-pk")
        permissions = (
            ("edit_any_article", "Can edit stories of others"),
            ("submit_article", "Can submit a story for review"),
            ("approve_article", "Can approve a story or send it back"),
            ("publish_article", "Can publish, schedule and unpublish a story"),
        )
        indexes = (
            models.Index(fields=("-published_at", "-id"), name="article_published"),
            models.Index(fields=("section", "-published_at", "-id"), name="article_section_published"),
            models.Index(fields=("state", "-changed_at", "-id"), name="article_state_changed"),
            models.Index(fields=("section", "-changed_at", "-id"), name="article_section_changed"),
            models.Index(fields=("-changed_at", "-id"), name="article_changed"),
            models.Index(fields=("scheduled_for",), name="article_scheduled"),
            models.Index(fields=("unpublish_at",), name="article_unpublish"),
            models.Index(fields=("embargo_until",), name="article_embargo"),
        )
        constraints = (
            models.CheckConstraint(
                condition=~Q(state="published") | Q(published_at__isnull=False),
                name="article_published_has_time",
            ),
            models.CheckConstraint(
                condition=Q(published_at__isnull=True)
                | Q(public_version__isnull=False)
                | Q(state="scheduled"),
                name="article_public_has_version",
            ),
            models.CheckConstraint(
                condition=Q(state="scheduled", scheduled_for__isnull=False, published_at__isnull=False)
                | (~Q(state="scheduled") & Q(scheduled_for__isnull=True)),
                name="article_scheduled_has_time",
            ),
            models.CheckConstraint(
                condition=~Q(state__in=("unpublished", "killed")) | Q(published_at__isnull=True),
                name="article_withdrawn_not_public",
            ),
        )

    def __str__(self) -> str:
        return self.headline or self.slugline or self.slug

    def get_absolute_url(self) -> str:
        return reverse("article", args=(self.slug,))

    def ruling(self, *, at: datetime) -> Ruling:
        """Who may read the whole at `at`: as the story says, or the first rule that fits, or its section.

        Takes a query only where a rule asks for topics that were not fetched with the story.
        """
        if self.access:
            return Ruling(self.access, "Set on the story itself.")
        for rule in AccessRule.objects.in_force():
            if self._fits(rule, at):
                return Ruling(rule.access, f"Rule: {rule.name}.")
        return Ruling(self.section.access or Access.SUBSCRIBERS, f"As in all of {self.section}.")

    def _fits(self, rule: RuleFact, at: datetime) -> bool:
        if rule.section not in {None, self.section_id} or rule.story_type not in {None, self.story_type_id}:
            return False
        if rule.older_than_months is not None:
            appeared = self.first_published_at or self.published_at
            if appeared is None or appeared > months_before(at, rule.older_than_months):
                return False
        return rule.topic is None or any(topic.pk == rule.topic for topic in self.topics.all())

    @property
    def credited_authors(self) -> list[Author]:
        """The authors in the order of the byline; no query after `for_lists`."""
        return [byline.author for byline in self.bylines.all()]

    @property
    def has_working_draft(self) -> bool:
        """Whether a later text than the one readers see is being worked on."""
        return self.public_version is not None and self.version != self.public_version

    def is_public(self, *, at: datetime) -> bool:
        """`ArticleQuerySet.visible` for a story at hand, apart from its embargo."""
        is_over = self.unpublish_at is not None and self.unpublish_at <= at
        return self.published_at is not None and self.published_at <= at and not is_over


class Byline(models.Model):
    """An author's place over a story."""

    article = models.ForeignKey(Article, models.CASCADE, related_name="bylines")
    author = models.ForeignKey(Author, models.PROTECT, related_name="bylines")
    position = models.PositiveSmallIntegerField(default=0)

    class Meta:
        ordering = ("position", "pk")
        constraints = (models.UniqueConstraint(fields=("article", "author"), name="byline_once"),)

    def __str__(self) -> str:
        return self.author.name
