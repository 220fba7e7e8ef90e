"""One story and those around it."""

from datetime import datetime

from django.db.models import Case, Count, IntegerField, Q, QuerySet, When

from articles.models import Article, FormerSlug
from articles.queries.corrections import with_corrections

RELATED = 3
AFTER = 4


def find_story(slug: str, *, at: datetime) -> Article | None:
    """The story at this address, with all its page shows."""
    stories = Article.objects.visible(at=at).for_lists().defer(None).prefetch_related("topics")
    return with_corrections(stories).filter(slug=slug).first()


def find_moved_story(slug: str, *, at: datetime) -> Article | None:
    """The story that had this address before (rule W9), if the public may see it."""
    former = FormerSlug.objects.filter(slug=slug).values("article_id")
    return Article.objects.visible(at=at).only("slug").filter(pk__in=former).first()


def find_withdrawn_story(slug: str, *, at: datetime) -> Article | None:
    """The story that was public at this address, or at this former one, and was taken down (rule W7).

    With its notice and its section alone: nothing else of it is to be shown.
    """
    former = FormerSlug.objects.filter(slug=slug).values("article_id")
    stories = Article.objects.withdrawn(at=at).filter(Q(slug=slug) | Q(pk__in=former))
    return stories.select_related("section").only("withdrawal_notice", "section").first()


def related_stories(story: Article, *, at: datetime) -> QuerySet[Article]:
    """Stories that share topics with this one: the most shared first, then the newest."""
    topics = [topic.pk for topic in story.topics.all()]
    others = Article.objects.visible(at=at).for_lists().exclude(pk=story.pk).filter(topics__in=topics)
    return others.annotate(shared=Count("topics")).order_by("-shared", "-published_at", "-pk")[:RELATED]


def stories_after(story: Article, *, at: datetime) -> QuerySet[Article]:
    """What to read next in the section: the stories before this one in time, then the newest."""
    others = Article.objects.visible(at=at).for_lists().exclude(pk=story.pk).filter(section=story.section_id)
    is_newer = Case(
        When(Q(published_at__gt=story.published_at or at), then=1),
        default=0,
        output_field=IntegerField(),
    )
    return others.order_by(is_newer, "-published_at", "-pk")[:AFTER]
