"""People of the desk and stories anywhere on their way, made by the actions people use."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import Any

from django.contrib.auth.models import Group
from django.test import Client

from accounts.models import User
from accounts.roles import EDITOR, PUBLISHER, WRITER
from articles.models import Article, Section, State
from editorial.actions import (
    approve_article,
    begin_story,
    publish_article,
    save_draft,
    submit_article,
)
from editorial.content import Content, head_content
from editorial.models import ReviewPath, ReviewStep, Revision

NOW = datetime(2026, 5, 4, 9, 30, tzinfo=UTC)
HOUR = timedelta(hours=1)
BODY = "<p>It turned.</p>"


def person(role: str, email: str = "", **values: Any) -> User:
    """Someone of the desk, with this role."""
    user, is_new = User.objects.get_or_create(
        email=email or f"{role.lower().replace(' ', '-')}@example.com",
        defaults={"is_staff": True, "name": role, **values},
    )
    if is_new:
        user.groups.add(Group.objects.get_or_create(name=role)[0])
    return user


def browser_of(user: User, **options: Any) -> Client:
    """A browser in which this person has signed in."""
    client = Client(**options)
    client.force_login(user)
    return client


def section(slug: str = "science", **values: Any) -> Section:
    found, _ = Section.objects.get_or_create(slug=slug, defaults={"name": slug.title(), **values})
    return found


def draft(
    by: User | None = None, *, at: datetime = NOW, settings: dict[str, Any] | None = None, **values: Any
) -> Article:
    """A story with its first text; `values` are fields of its content, `settings` of its row."""
    number = Article.objects.count() + 1
    text = {
        "headline": f"Tide mill {number} turns again",
        "slug": f"tide-mill-{number}",
        "body": BODY,
        "section": values.pop("section", None) or section().pk,
        **values,
    }
    return begin_story(content=Content(**text), by=by, at=at, **(settings or {}))


def edit(
    article: Article, by: User | None, *, at: datetime = NOW, base: int | None = None, **changes: Any
) -> Revision | None:
    """Save the latest text with these changes."""
    return save_draft(
        article=article, content=replace(head_content(article), **changes), by=by, at=at, base=base
    )


def story(state: str = State.DRAFT, by: User | None = None, *, at: datetime = NOW, **values: Any) -> Article:
    """A story taken up to a state, by the people whose move it is; scheduled is an hour on."""
    writer = by or person(WRITER)
    article = draft(writer, at=at, **values)
    if state == State.DRAFT:
        return article
    submit_article(article=article, by=writer, at=at)
    if state == State.IN_REVIEW:
        return article
    approve_article(article=article, by=person(EDITOR), at=at)
    if state == State.SCHEDULED:
        publish_article(article=article, by=person(PUBLISHER), at=at, when=at + HOUR)
    if state == State.PUBLISHED:
        publish_article(article=article, by=person(PUBLISHER), at=at)
    return article


def path(
    *steps: tuple[str, str, int], of: Section | None = None, needs_two_people: bool = False
) -> ReviewPath:
    """A review path of (name, group, approvals) for a section; without one, in place of the house's."""
    found, _ = ReviewPath.objects.get_or_create(section=of)
    found.needs_two_people = needs_two_people
    found.save()
    found.steps.all().delete()
    for position, (name, group, approvals) in enumerate(steps):
        ReviewStep.objects.create(
            path=found,
            name=name,
            group=Group.objects.get_or_create(name=group)[0],
            approvals=approvals,
            position=position,
        )
    return found
