"""The desk's table of moves: rules W1, W2, W3, W6 and W9, and no way around them."""

from datetime import UTC, datetime, timedelta

import pytest
from django.contrib.auth.models import Group
from hypothesis import given, settings
from hypothesis import strategies as st
from hypothesis.extra.django import TestCase

from accounts.models import AuditEntry, User
from accounts.roles import EDITOR, PUBLISHER, WRITER
from articles.models import Article, FormerSlug, Section, State
from editorial.actions import (
    CannotMove,
    CannotPublish,
    CannotSave,
    approve_article,
    publish_article,
    publish_due,
    save_draft,
    send_back,
    submit_article,
    unpublish_article,
)

pytestmark = pytest.mark.django_db

NOW = datetime(2026, 5, 4, 9, 30, tzinfo=UTC)


def person(role: str, email: str = "") -> User:
    user = User.objects.create_user(email or f"{role.lower()}@example.com", is_staff=True)
    user.groups.add(Group.objects.get(name=role))
    return user


def story(by: User | None = None, **values: object) -> Article:
    section, _ = Section.objects.get_or_create(slug="science", defaults={"name": "Science"})
    defaults = {"headline": "Tide mill turns again", "slug": "tide-mill", "body": "<p>It turned.</p>"}
    article = Article(**{**defaults, "section": section, **values})
    save_draft(article=article, by=by, at=NOW)
    return article


@pytest.fixture
def writer() -> User:
    return person(WRITER)


@pytest.fixture
def editor() -> User:
    return person(EDITOR)


@pytest.fixture
def publisher() -> User:
    return person(PUBLISHER)


def public(at: datetime = NOW) -> list[Article]:
    return list(Article.objects.visible(at=at))


def approved(writer: User, editor: User) -> Article:
    article = story(writer)
    submit_article(article=article, by=writer, at=NOW)
    approve_article(article=article, by=editor, at=NOW)
    return article


def test_the_path_from_draft_to_readers(writer: User, editor: User, publisher: User) -> None:
    article = approved(writer, editor)
    publish_article(article=article, by=publisher, at=NOW)

    article.refresh_from_db()
    assert (article.state, article.published_at, article.first_published_at) == (State.PUBLISHED, NOW, NOW)
    assert public() == [article]
    trail = (
        AuditEntry.objects.filter(target_id=article.pk)
        .order_by("id")
        .values_list("action", "by_label", "to_state")
    )
    assert list(trail) == [
        ("begin story", "writer@example.com", "draft"),
        ("submit story", "writer@example.com", "in_review"),
        ("approve story", "editor@example.com", "approved"),
        ("publish story", "publisher@example.com", "published"),
    ]


def test_w1_neither_writer_nor_editor_can_publish(writer: User, editor: User) -> None:
    article = approved(writer, editor)
    for someone in (writer, editor):
        with pytest.raises(CannotMove):
            publish_article(article=article, by=someone, at=NOW)
        with pytest.raises(CannotMove):
            publish_article(article=article, by=someone, at=NOW, when=NOW + timedelta(days=1))
    article.refresh_from_db()
    assert (article.state, public(NOW + timedelta(days=2))) == (State.APPROVED, [])


def test_w1_a_publisher_cannot_publish_what_nobody_approved(writer: User, publisher: User) -> None:
    article = story(writer)
    with pytest.raises(CannotMove):
        publish_article(article=article, by=publisher, at=NOW)
    submit_article(article=article, by=writer, at=NOW)
    with pytest.raises(CannotMove):
        publish_article(article=article, by=publisher, at=NOW)
    assert public() == []


def test_w2_an_edit_voids_the_approval(writer: User, editor: User, publisher: User) -> None:
    article = approved(writer, editor)
    article.headline = "Tide mill turns backwards"
    save_draft(article=article, by=editor, at=NOW)

    article.refresh_from_db()
    assert (article.state, article.approved_at, article.approved_by) == (State.DRAFT, None, None)
    with pytest.raises(CannotMove):
        publish_article(article=article, by=publisher, at=NOW)


def test_w2_an_edit_to_a_scheduled_story_takes_it_off_the_schedule(
    writer: User, editor: User, publisher: User
) -> None:
    article = approved(writer, editor)
    publish_article(article=article, by=publisher, at=NOW, when=NOW + timedelta(hours=1))
    save_draft(article=article, by=publisher, at=NOW)

    article.refresh_from_db()
    assert (article.state, article.published_at, article.first_published_at) == (State.DRAFT, None, None)
    assert public(NOW + timedelta(hours=2)) == []


def test_w3_nobody_approves_their_own_text(editor: User) -> None:
    article = story(editor)
    submit_article(article=article, by=editor, at=NOW)
    with pytest.raises(CannotMove):
        approve_article(article=article, by=editor, at=NOW)
    article.refresh_from_db()
    assert article.state == State.IN_REVIEW


def test_a_writer_sees_to_their_own_drafts_only(writer: User) -> None:
    colleague = person(WRITER, "colleague@example.com")
    article = story(colleague)
    with pytest.raises(CannotSave):
        save_draft(article=article, by=writer, at=NOW)
    with pytest.raises(CannotMove):
        submit_article(article=article, by=writer, at=NOW)


def test_a_writer_cannot_change_a_story_in_review(writer: User) -> None:
    article = story(writer)
    submit_article(article=article, by=writer, at=NOW)
    article.headline = "Changed behind the editor's back"
    with pytest.raises(CannotSave):
        save_draft(article=article, by=writer, at=NOW)
    article.refresh_from_db()
    assert article.headline == "Tide mill turns again"


def test_sending_back_needs_a_reason_and_keeps_it(writer: User, editor: User) -> None:
    article = approved(writer, editor)
    with pytest.raises(CannotMove):
        send_back(article=article, by=editor, at=NOW, reason="  ")
    send_back(article=article, by=editor, at=NOW, reason="Who says so?")
    article.refresh_from_db()
    assert (article.state, article.approved_at) == (State.DRAFT, None)
    assert AuditEntry.objects.filter(action="send back story").get().reason == "Who says so?"


def test_w6_a_scheduled_story_is_visible_on_the_minute_without_a_worker(
    writer: User, editor: User, publisher: User
) -> None:
    article = approved(writer, editor)
    moment = NOW + timedelta(hours=3)
    publish_article(article=article, by=publisher, at=NOW, when=moment)

    assert public(moment - timedelta(seconds=1)) == []
    assert public(moment) == [article]


def test_w6_what_follows_a_scheduled_publication_happens_once(
    writer: User, editor: User, publisher: User
) -> None:
    article = approved(writer, editor)
    moment = NOW + timedelta(hours=3)
    publish_article(article=article, by=publisher, at=NOW, when=moment)

    assert publish_due(at=moment - timedelta(seconds=1)) == 0
    assert [publish_due(at=moment + timedelta(hours=2)), publish_due(at=moment + timedelta(hours=3))] == [
        1,
        0,
    ]
    article.refresh_from_db()
    assert (article.state, article.published_at) == (State.PUBLISHED, moment)
    assert AuditEntry.objects.filter(action="publish story").count() == 1


def test_w6_a_scheduled_story_whose_moment_has_come_is_public_to_the_desk_too(
    writer: User, editor: User, publisher: User
) -> None:
    article = approved(writer, editor)
    moment = NOW + timedelta(hours=1)
    publish_article(article=article, by=publisher, at=NOW, when=moment)
    with pytest.raises(CannotMove):
        send_back(article=article, by=editor, at=moment, reason="Too late.")
    save_draft(article=article, by=publisher, at=moment + timedelta(minutes=1))
    article.refresh_from_db()
    assert (article.state, article.published_at) == (State.PUBLISHED, moment)
    assert public(moment + timedelta(minutes=1)) == [article]


def test_w5_an_embargo_holds_against_publication(writer: User, editor: User, publisher: User) -> None:
    article = story(writer, embargo_until=NOW + timedelta(hours=6))
    submit_article(article=article, by=writer, at=NOW)
    approve_article(article=article, by=editor, at=NOW)
    publish_article(article=article, by=publisher, at=NOW)

    assert public(NOW + timedelta(hours=5, minutes=59)) == []
    assert public(NOW + timedelta(hours=6)) == [article]


def test_unpublished_and_published_again_keeps_its_first_date(
    writer: User, editor: User, publisher: User
) -> None:
    article = approved(writer, editor)
    publish_article(article=article, by=publisher, at=NOW)
    unpublish_article(article=article, by=publisher, at=NOW + timedelta(hours=1))
    assert public(NOW + timedelta(hours=1)) == []

    publish_article(article=article, by=publisher, at=NOW + timedelta(hours=2))
    article.refresh_from_db()
    assert (article.published_at, article.first_published_at) == (NOW, NOW)


def test_a_story_without_text_cannot_be_published(writer: User, editor: User, publisher: User) -> None:
    article = story(writer, body="")
    submit_article(article=article, by=writer, at=NOW)
    approve_article(article=article, by=editor, at=NOW)
    with pytest.raises(CannotPublish):
        publish_article(article=article, by=publisher, at=NOW)


def test_an_edit_to_a_public_story_moves_only_its_update_time(
    writer: User, editor: User, publisher: User
) -> None:
    article = approved(writer, editor)
    publish_article(article=article, by=publisher, at=NOW)
    article.standfirst = "Corrected."
    with pytest.raises(CannotSave):
        save_draft(article=article, by=editor, at=NOW + timedelta(hours=1))
    save_draft(article=article, by=publisher, at=NOW + timedelta(hours=1))
    article.refresh_from_db()
    assert (article.updated_at, article.first_published_at) == (NOW + timedelta(hours=1), NOW)


def test_w9_old_addresses_lead_on_and_never_in_circles(writer: User, editor: User, publisher: User) -> None:
    article = approved(writer, editor)
    publish_article(article=article, by=publisher, at=NOW)
    for slug in ("second", "third", "second"):
        article.slug = slug
        save_draft(article=article, by=publisher, at=NOW)
    assert set(FormerSlug.objects.values_list("slug", flat=True)) == {"tide-mill", "third"}


def test_w9_an_address_another_story_had_stays_its_own(writer: User, editor: User, publisher: User) -> None:
    article = approved(writer, editor)
    publish_article(article=article, by=publisher, at=NOW)
    article.slug = "moved"
    save_draft(article=article, by=publisher, at=NOW)

    other = story(writer, slug="other")
    other.slug = "tide-mill"
    with pytest.raises(CannotSave):
        save_draft(article=other, by=writer, at=NOW)


def test_saving_sanitises_and_counts(writer: User) -> None:
    article = story(writer, body="<p onclick='x()'>Four words are here.</p><script>alert(1)</script>")
    article.refresh_from_db()
    assert (article.body, article.word_count) == ("<p>Four words are here.</p>", 4)


MOVES = st.lists(
    st.tuples(
        st.sampled_from(
            ["save", "submit", "send back", "approve", "publish", "schedule", "unpublish", "due"]
        ),
        st.sampled_from([WRITER, EDITOR, PUBLISHER]),
    ),
    max_size=25,
)


class RandomDeskTest(TestCase):
    """Random people press random buttons: nothing public without a standing approval by somebody else."""

    @settings(max_examples=60, deadline=None)
    @given(MOVES)
    def test_nothing_is_public_without_its_approval(self, moves: list[tuple[str, str]]) -> None:
        staff = {role: person(role) for role in (WRITER, EDITOR, PUBLISHER)}
        article, at = story(staff[WRITER]), NOW
        for move, role in moves:
            at += timedelta(minutes=30)
            self._press(move, article, staff[role], at)
            article.refresh_from_db()
            if Article.objects.visible(at=at).exists():
                assert article.approved_by in (staff[EDITOR], staff[PUBLISHER])
                last = AuditEntry.objects.filter(action__in=("publish story", "schedule story")).first()
                assert last is not None
                assert last.by in (staff[PUBLISHER], None)

    def _press(self, move: str, article: Article, by: User, at: datetime) -> None:
        buttons = {
            "save": lambda: save_draft(article=article, by=by, at=at),
            "submit": lambda: submit_article(article=article, by=by, at=at),
            "send back": lambda: send_back(article=article, by=by, at=at, reason="Again."),
            "approve": lambda: approve_article(article=article, by=by, at=at),
            "publish": lambda: publish_article(article=article, by=by, at=at),
            "schedule": lambda: publish_article(
                article=article, by=by, at=at, when=at + timedelta(minutes=45)
            ),
            "unpublish": lambda: unpublish_article(article=article, by=by, at=at),
            "due": lambda: publish_due(at=at),
        }
        try:
            buttons[move]()
        except (CannotMove, CannotSave):
            article.refresh_from_db()
