"""The sample newsroom: sections, authors, staff, pictures, stories; made by the actions people use."""

import json
import re
from datetime import datetime, timedelta
from io import BytesIO
from pathlib import Path
from typing import Any

from allauth.account.models import EmailAddress
from django.contrib.auth.models import Group
from django.core.files import File
from django.db import transaction
from django.utils.timezone import localtime

from accounts.models import User
from accounts.roles import EDITOR, PUBLISHER, SUPPORT, WRITER
from articles.actions.pictures import add_picture
from articles.models import (
    Access,
    AccessRule,
    Article,
    Author,
    Page,
    Picture,
    Prominence,
    Section,
    State,
    StoryType,
    Topic,
)
from demo.desk import load_desk, make_checkers
from demo.logins import CHECKERS, PASSWORD, STAFF
from demo.pictures import draw_picture
from demo.storyfiles import StoryFile, read_stories
from editorial.actions import (
    approve_article,
    begin_story,
    kill_article,
    publish_article,
    submit_article,
)
from editorial.content import Content
from editorial.models import Notification
from newsletters.actions import compile_edition
from newsletters.models import Audience, Edition, Newsletter

HERE = Path(__file__).parent
ROLES = {
    WRITER: WRITER,
    EDITOR: EDITOR,
    "Deputy editor": EDITOR,
    "Fact checker": CHECKERS,
    PUBLISHER: PUBLISHER,
    SUPPORT: SUPPORT,
}
"""The group of each kind of staff; the administrator needs none."""

WIRE_SOURCE, WIRE_ITEM = "EIRNS", "Wire item"
STORY_TYPES = (WIRE_ITEM, "Report", "Interview", "Review")
RULES: dict[str, dict[str, Any]] = {
    "Wire items are free": {"story_type": WIRE_ITEM, "access": Access.FREE},
    "The archive is for registered readers": {"older_than_months": 12, "access": Access.REGISTERED},
}
"""Who may read, in their order."""

LETTERS = (
    {
        "slug": "publisher",
        "name": "From the Publisher",
        "description": "What we are working on and why, in one page. At most twice a month.",
    },
    {
        "slug": "long-read",
        "name": "One Long Read",
        "description": "A single story chosen by the editors, for an unhurried hour. Every other Sunday.",
    },
)
"""Besides the weekly: for those who ask, arranged and sent by hand."""

PICTURE_SIZE = (1600, 1000)
SCENE = re.compile(r'<img src="scene:(?P<scene>[\w-]+ \d+)" alt="(?P<alt>[^"]*)">')


def load_newsroom(*, at: datetime) -> int:
    """Make what is missing and leave the rest as it is; returns how many stories were added."""
    _load_rows()
    _load_rules()
    make_checkers()
    staff = {role: make_user(email, name=name, role=role) for role, email, name in STAFF}
    Author.objects.filter(slug="marta-ellingsen", user=None).update(user=staff[WRITER])
    known = set(Article.objects.values_list("slug", flat=True))
    new = [story for story in read_stories() if story.slug not in known]
    for number, story in enumerate(new):
        _load_story(story, number=number, staff=staff, at=at)
    if new:
        _forget_old_news(at=at)
    load_desk(staff=staff, at=at)
    _load_letters()
    _load_edition(by=staff[EDITOR], at=at)
    return len(new)


def make_user(email: str, *, name: str, role: str = "") -> User:
    """Someone with a verified address and the sample password; with a role, someone at the desk."""
    user = User.objects.filter(email=email).first()
    if user is None:
        user = User.objects.create_user(
            email, PASSWORD, name=name, is_staff=bool(role), is_superuser=bool(role) and role not in ROLES
        )
        EmailAddress.objects.create(user=user, email=email, verified=True, primary=True)
    if role in ROLES:
        user.groups.add(Group.objects.get(name=ROLES[role]))
    return user


def _forget_old_news(*, at: datetime) -> None:
    """What people were told while the stories came about, they read and were mailed long ago."""
    Notification.objects.filter(mailed_at=None).update(read_at=at, mailed_at=at)


def _load_rows() -> None:
    for position, row in enumerate(_rows("sections")):
        Section.objects.get_or_create(slug=row.pop("slug"), defaults={**row, "position": position})
    for row in _rows("topics"):
        Topic.objects.get_or_create(slug=row.pop("slug"), defaults=row)
    for row in _rows("authors"):
        Author.objects.get_or_create(slug=row.pop("slug"), defaults=row)
    for position, row in enumerate(_rows("pages")):
        values = {"title": row["title"], "text": row["body"], "position": position}
        Page.objects.get_or_create(slug=row["slug"], defaults=values)


def _load_rules() -> None:
    types = {
        name: StoryType.objects.get_or_create(name=name, defaults={"position": position})[0]
        for position, name in enumerate(STORY_TYPES)
    }
    for position, (name, rule) in enumerate(RULES.items(), 1):
        conditions = rule | ({"story_type": types[rule["story_type"]]} if "story_type" in rule else {})
        AccessRule.objects.get_or_create(name=name, defaults={**conditions, "position": position})


def _load_letters() -> None:
    for position, letter in enumerate(LETTERS, 1):
        values = {**letter, "goes_to": Audience.ASKED, "position": position}
        Newsletter.objects.get_or_create(slug=letter["slug"], defaults=values)


def _load_edition(*, by: User, at: datetime) -> None:
    """The coming Friday's digest, if no edition was ever made: a draft to arrange, preview and send."""
    if not Edition.objects.exists():
        today = localtime(at).date()
        friday = today + timedelta(days=(4 - today.weekday()) % 7)
        compile_edition(newsletter=Newsletter.objects.get(slug="weekly"), date=friday, by=by, at=at)


def _rows(name: str) -> list[dict[str, Any]]:
    rows: list[dict[str, Any]] = json.loads((HERE / f"{name}.json").read_text(encoding="utf-8"))
    return rows


@transaction.atomic
def _load_story(story: StoryFile, *, number: int, staff: dict[str, User], at: datetime) -> None:
    """One story, from its draft to where its file says it stands, each step by whoever's step it is."""
    when = _moment(story, number=number, at=at)
    begun = min(when, at) - timedelta(days=1)
    article = begin_story(
        content=_content(story, when=when),
        by=staff[WRITER],
        at=begun,
        access=story.text("access"),
        story_type=StoryType.objects.get(name=WIRE_ITEM if story.text("source") == WIRE_SOURCE else "Report"),
        prominence=Prominence[story.text("rank").upper()] if story.text("rank") else _prominence(story),
    )
    state = story.text("state") or "published"
    if state == "draft":
        return
    submit_article(article=article, by=staff[WRITER], at=begun + timedelta(hours=2))
    if state == "in_review":
        return
    approve_article(article=article, by=staff[EDITOR], at=begun + timedelta(hours=5))
    if article.state == State.IN_REVIEW:
        approve_article(article=article, by=staff["Fact checker"], at=begun + timedelta(hours=7))
    if state == "scheduled":
        publish_article(article=article, by=staff[PUBLISHER], at=at, when=when)
    elif state in ("published", "killed"):
        publish_article(article=article, by=staff[PUBLISHER], at=when)
    if state == "killed":
        words = {"reason": story.text("reason"), "notice": story.text("notice")}
        kill_article(article=article, by=staff[PUBLISHER], at=when + timedelta(days=2), **words)


def _moment(story: StoryFile, *, number: int, at: datetime) -> datetime:
    """Within a working day of the newsroom; today's stories some minutes apart, up to now."""
    day = localtime(at) - timedelta(days=story.days_ago)
    when = day.replace(hour=8 + number % 9, minute=7 * number % 60, second=0, microsecond=0)
    return when if story.days_ago < 0 else min(when, at - timedelta(minutes=11 * (1 + number % 5)))


def _content(story: StoryFile, *, when: datetime) -> Content:
    has_dateline = bool(story.text("dateline") or story.text("source"))
    picture = _picture(story, at=when)
    topics = Topic.objects.filter(slug__in=story.many("topics", ","))
    return Content(
        slug=story.slug,
        headline=story.text("headline"),
        slugline=story.text("slugline"),
        standfirst=story.text("standfirst"),
        body=_with_pictures(story.body, at=when),
        dateline_place=story.text("dateline"),
        dateline_source=story.text("source"),
        dateline_date=when.date() if has_dateline else None,
        section=Section.objects.get(slug=story.text("section")).pk,
        topics=tuple(topics.values_list("pk", flat=True)),
        authors=tuple(Author.objects.get(name=name).pk for name in story.many("byline", ";")),
        lead_picture=picture.pk if picture else None,
    )


def _prominence(story: StoryFile) -> Prominence:
    if story.text("source"):
        return Prominence.BRIEF
    return Prominence.SECOND if story.text("picture") and len(story.body) > 5500 else Prominence.NORMAL


def _picture(story: StoryFile, *, at: datetime) -> Picture | None:
    if not story.text("picture"):
        return None
    words = {key: story.text(key) for key in ("alt", "caption", "credit")}
    return _draw(story.text("picture"), **words, at=at)


def _with_pictures(body: str, *, at: datetime) -> str:
    """The text with each `src="scene:harbour 3"` drawn, stored and named by its address."""

    def place(image: re.Match[str]) -> str:
        picture = _draw(image["scene"], alt=image["alt"], at=at)
        size = f'width="{picture.width}" height="{picture.height}"'
        return f'<img src="{picture.file.url}" alt="{image["alt"]}" {size}>'

    return SCENE.sub(place, body)


def _draw(scene: str, *, alt: str, caption: str = "", credit: str = "", at: datetime) -> Picture:
    """Draw a scene such as `harbour 3` and put it among the pictures."""
    name, seed = scene.split()
    image = BytesIO()
    draw_picture(name, int(seed), size=PICTURE_SIZE).save(image, "JPEG", quality=88)
    image.seek(0)
    file = File(image, name=f"{name}-{seed}.jpg")
    return add_picture(file=file, alt=alt, caption=caption, credit=credit, at=at)
