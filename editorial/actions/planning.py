"""Planning stories: what is to be written, by whom, until when, before any text exists."""

from dataclasses import replace
from datetime import datetime
from typing import Any, TypedDict, Unpack

from django.db import transaction
from django.utils.text import slugify

from accounts.models import AuditEntry, User
from articles.models import Article, FormerSlug, Section
from editorial.actions.drafts import begin_story
from editorial.actions.moving import CannotMove
from editorial.actions.notices import tell
from editorial.content import Content
from editorial.models import Assignment, Notification, StoryTemplate
from editorial.queries import can_plan


class Plan(TypedDict, total=False):
    """What an assignment says; a name left out stays as it is."""

    brief: str
    assignee: User | None
    due_at: datetime | None
    priority: int
    expected_words: int | None


@transaction.atomic
def plan_story(
    *,
    slugline: str,
    section: Section,
    by: User | None,
    at: datetime,
    template: StoryTemplate | None = None,
    **plan: Unpack[Plan],
) -> Article:
    """Begin a story under its working name, with nothing but a plan and what its template brings.

    Raises `CannotMove`: no slugline, or an assignment to a colleague by someone who may not assign;
    `CannotSave`: somebody took its address at this very moment.
    """
    if not slugline.strip():
        raise CannotMove("Give the story a working name.")
    content = Content(slugline=slugline.strip(), slug=free_slug(slugline), section=section.pk)
    settings: dict[str, Any] = {}
    if template:
        settings = {"access": template.access, "story_type": template.story_type}
        if plan.get("expected_words") is None:
            plan["expected_words"] = template.expected_words
        content = replace(
            content,
            standfirst=template.standfirst,
            body=template.text,
            dateline_source=template.dateline_source,
        )
    article = begin_story(content=content, by=by, at=at, **settings)
    assign_story(article=article, by=by, at=at, **plan)
    return article


@transaction.atomic
def assign_story(*, article: Article, by: User | None, at: datetime, **plan: Unpack[Plan]) -> Assignment:
    """Set what the plan says of a story, and tell a new assignee.

    Writers plan their own stories; giving one to somebody else, or changing another's plan, is for editors.
    Raises `CannotMove`.
    """
    assignment, _ = Assignment.objects.select_for_update().get_or_create(article=article)
    assignee = plan.get("assignee", assignment.assignee)
    if by and not by.has_perm("articles.edit_any_article"):
        if assignee not in (None, by, assignment.assignee):
            raise CannotMove("Your role does not let you assign stories to colleagues.")
        if not can_plan(assignment.article, by):
            raise CannotMove("This story is not yours to plan.")
    changed = [name for name, value in plan.items() if getattr(assignment, name) != value]
    is_new_assignee = "assignee" in changed and assignee is not None
    for name in changed:
        setattr(assignment, name, plan[name])  # type: ignore[literal-required]  # a name of `Plan`
    if "due_at" in changed:
        assignment.overdue_told_at = None
    assignment.save()
    if changed:
        said = ", ".join(name.replace("_at", "").replace("_", " ") for name in changed)
        AuditEntry.record("plan story", article, by=by, at=at, reason=said)
    if is_new_assignee and assignee:
        tell([assignee], Notification.Kind.ASSIGNED, article, by=by, at=at, text=assignment.brief)
    return assignment


def free_slug(words: str, *, of: Article | None = None) -> str:
    """An address nobody has or had, but for the story itself: `tunnel-opens`, `tunnel-opens-2`, …"""
    stem = slugify(words)[:180] or "story"
    key = of.pk if of else 0
    others, former = Article.objects.exclude(pk=key), FormerSlug.objects.exclude(article=key)
    number, slug = 1, stem
    while others.filter(slug=slug).exists() or former.filter(slug=slug).exists():
        number += 1
        slug = f"{stem}-{number}"
    return slug
