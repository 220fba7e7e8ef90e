"""The sample desk: reviews, plans, comments and all that an editor finds on the table in the morning."""

from dataclasses import replace
from datetime import datetime, time, timedelta

from django.contrib.auth.models import Group, Permission
from django.db import transaction
from django.utils.timezone import localtime, make_aware

from accounts.models import User
from accounts.roles import EDITOR, WRITER
from articles.models import Article, Section, State, StoryType
from demo.logins import CHECKERS
from editorial.actions import (
    assign_story,
    correct_article,
    place_article,
    place_hold,
    plan_story,
    request_changes,
    save_draft,
    submit_article,
)
from editorial.actions.comments import add_comment, reply
from editorial.actions.guests import make_guest_link
from editorial.content import head_content
from editorial.models import Assignment, HouseStyleTerm, Priority, ReviewPath, ReviewStep, StoryTemplate

Staff = dict[str, User]

TERMS = (
    ("in order to", "to", ""),
    ("utilise", "use", ""),
    ("prior to", "before", ""),
    ("at this point in time", "now", ""),
    ("very unique", "unique", "A thing is unique or it is not."),
    ("the fact that", "", "The sentence mostly stands without it."),
    ("harbor", "harbour", "The house spells as the coast does."),
)
TEMPLATES = (
    (
        "Wire item",
        "Short, with a dateline",
        "world",
        "EIRNS",
        250,
        "<p>What happened, where, and who says so.</p>",
    ),
    (
        "Interview",
        "A conversation in questions and answers",
        "science",
        "",
        1200,
        "<p>Who this is, and why now.</p><p><strong>The first question?</strong></p><p>The answer.</p>",
    ),
    (
        "Review",
        "A book, a concert, a room",
        "culture",
        "",
        800,
        "<p>What it is, and where it can be had.</p><h2>What it sets out to do</h2><h2>What it does</h2>",
    ),
)
PLANS: tuple[tuple[str, str, str, int, int, int, Priority], ...] = (
    (
        "pilot-cutters-return",
        "infrastructure",
        "The pilots have bought two sailing cutters. Ask what they save, and who insures them.",
        -1,
        17,
        900,
        Priority.HIGH,
    ),
    (
        "salt-tariff-talks",
        "economics",
        "The delegations meet on the barge again. We want the sums, not the handshake.",
        0,
        18,
        700,
        Priority.URGENT,
    ),
    (
        "tide-tables-by-hand",
        "science",
        "The last man to compute tide tables by hand retires. An interview in his own words.",
        2,
        12,
        1200,
        Priority.NORMAL,
    ),
    (
        "choir-of-the-ropewalk",
        "culture",
        "A rehearsal, not the concert. Stay until the caretaker turns the lights out.",
        4,
        10,
        800,
        Priority.LOW,
    ),
)
"""Slugline, section, brief, days until due, hour, words, priority."""


@transaction.atomic
def load_desk(*, staff: Staff, at: datetime) -> None:
    """Lay out the desk once; what people have made of it since is left alone."""
    _load_rules()
    if Assignment.objects.exists():
        return
    _load_plans(staff, at=at)
    _talk_about_the_barges(staff, at=at)
    _ask_for_changes(staff, at=at)
    _go_on_with_a_public_story(staff, at=at)
    _correct_a_story(staff, at=at)
    approved = Article.objects.filter(slug="the-computing-room-at-kestrel", state=State.APPROVED).first()
    if approved:
        place_article(article=approved, by=staff[EDITOR], at=at, embargo_until=at + timedelta(hours=30))


def make_checkers() -> Group:
    """The group of those who check facts: they see what is under review, and change nothing."""
    group, _ = Group.objects.get_or_create(name=CHECKERS)
    group.permissions.add(Permission.objects.get(codename="view_article", content_type__app_label="articles"))
    return group


def _load_rules() -> None:
    world = Section.objects.get(slug="world")
    path, is_new = ReviewPath.objects.get_or_create(section=world, defaults={"needs_two_people": True})
    if is_new:
        editors = Group.objects.get(name=EDITOR)
        ReviewStep.objects.create(path=path, name="Editing", group=editors, position=0)
        ReviewStep.objects.create(path=path, name="Fact check", group=make_checkers(), position=1)
    for avoid, prefer, note in TERMS:
        HouseStyleTerm.objects.get_or_create(
            avoid=avoid, defaults={"prefer": prefer, "note": note, "language": "en"}
        )
    for position, (name, description, section, source, words, text) in enumerate(TEMPLATES):
        values = {
            "description": description,
            "section": Section.objects.get(slug=section),
            "dateline_source": source,
            "story_type": StoryType.objects.filter(name=name).first(),
            "expected_words": words,
            "text": text,
            "position": position,
        }
        StoryTemplate.objects.get_or_create(name=name, defaults=values)


def _load_plans(staff: Staff, *, at: datetime) -> None:
    for slugline, section, brief, days, hour, words, priority in PLANS:
        day = localtime(at).date() + timedelta(days=days)
        plan_story(
            slugline=slugline,
            section=Section.objects.get(slug=section),
            by=staff[EDITOR],
            at=at - timedelta(days=3),
            brief=brief,
            assignee=None if priority == Priority.LOW else staff[WRITER],
            due_at=make_aware(datetime.combine(day, time(hour))),
            expected_words=words,
            priority=priority,
        )


def _talk_about_the_barges(staff: Staff, *, at: datetime) -> None:
    """A story in review: a plan, a thread, a suggestion, a hold, and a guest who may look."""
    story = Article.objects.filter(slug="barges-insure-one-another", state=State.IN_REVIEW).first()
    if story is None:
        return
    editor = staff[EDITOR]
    assign_story(article=story, by=editor, at=at, expected_words=900, due_at=at + timedelta(hours=20))
    question = add_comment(
        article=story,
        text=f"Who told us this? @{staff[WRITER].name}, is it in the minutes?",
        quote="Rule one of the Lower Harrow Barge Mutual",
        by=editor,
        at=at - timedelta(hours=2),
    )
    reply(
        comment=question,
        text="It is the first page of the rules, I have a photograph.",
        by=staff[WRITER],
        at=at - timedelta(hours=1),
    )
    add_comment(
        article=story,
        text="Shorter.",
        quote="It took a winter.",
        replacement="That took the winter.",
        by=editor,
        at=at - timedelta(minutes=50),
    )
    place_hold(
        article=story, by=editor, at=at, reason="The insurer wants to see the figures ascribed to it first."
    )
    make_guest_link(
        article=story, name="Ragna Toll, the mutual’s treasurer", by=editor, at=at, may_review=True
    )


def _ask_for_changes(staff: Staff, *, at: datetime) -> None:
    story = Article.objects.filter(slug="kestrel-herders-and-the-dark", state=State.DRAFT).first()
    if story:
        submit_article(article=story, by=staff[WRITER], at=at - timedelta(hours=5))
        request_changes(
            article=story,
            by=staff[EDITOR],
            at=at - timedelta(hours=3),
            reason="The herders have four paragraphs and the astronomers eleven. Who wants the treaty?",
        )


def _go_on_with_a_public_story(staff: Staff, *, at: datetime) -> None:
    """A working draft beside what readers see."""
    stories = Article.objects.filter(state=State.PUBLISHED, created_by=staff[WRITER])
    story = stories.order_by("-published_at").first()
    if story:
        content = head_content(story)
        later = f"{content.standfirst} Now with an answer."
        save_draft(article=story, content=replace(content, standfirst=later), by=staff[WRITER], at=at)


def _correct_a_story(staff: Staff, *, at: datetime) -> None:
    story = Article.objects.filter(slug="a-thread-to-agree-on", state=State.PUBLISHED).first()
    if story:
        correct_article(
            article=story,
            by=staff["Publisher"],
            at=at - timedelta(days=1),
            notice="An earlier version of this story gave the year in which the thread was adopted as 1867. "
            "It was 1868.",
            reason="The clerk’s book begins its year in March.",
        )
