"""The desk's table of moves: rules W1, W2, W3, W5, W6, W7, W8 and W9, and no way around them."""

from datetime import timedelta

import pytest

from accounts.models import AuditEntry, User
from accounts.roles import EDITOR, PUBLISHER, WRITER
from articles.models import Article, Correction, FormerSlug, State
from editorial.actions import (
    CannotMove,
    CannotPublish,
    CannotSave,
    approve_article,
    correct_article,
    discard_draft,
    kill_article,
    lift_hold,
    place_article,
    place_hold,
    plan_story,
    publish_article,
    publish_due,
    recall_article,
    request_changes,
    restore_revision,
    revive_article,
    submit_article,
    unpublish_article,
    unschedule_article,
)
from editorial.content import head_content
from editorial.models import Notification
from editorial.queries import review_standing
from tests.factories.articles import AuthorFactory, TopicFactory
from tests.factories.desk import HOUR, NOW, draft, edit, path, person, section, story

pytestmark = pytest.mark.django_db


@pytest.fixture
def writer() -> User:
    return person(WRITER)


@pytest.fixture
def editor() -> User:
    return person(EDITOR)


@pytest.fixture
def publisher() -> User:
    return person(PUBLISHER)


def public(at: object = NOW) -> list[Article]:
    return list(Article.objects.visible(at=at))  # type: ignore[arg-type]


def stored(article: Article) -> Article:
    return Article.objects.get(pk=article.pk)


def test_the_path_from_draft_to_readers(publisher: User) -> None:
    article = stored(story(State.PUBLISHED))
    assert (article.state, article.published_at, article.first_published_at) == (State.PUBLISHED, NOW, NOW)
    assert public() == [article]
    trail = AuditEntry.objects.filter(target_id=article.pk).order_by("id")
    assert list(trail.values_list("action", "by_label", "to_state")) == [
        ("begin story", "writer@example.com", "draft"),
        ("submit story", "writer@example.com", "in_review"),
        ("approve story", "editor@example.com", "approved"),
        ("publish story", "publisher@example.com", "published"),
    ]


# Who publishes


def test_w1_neither_writer_nor_editor_can_publish(writer: User, editor: User) -> None:
    article = story(State.APPROVED)
    for someone in (writer, editor):
        for when in (None, NOW + timedelta(days=1)):
            with pytest.raises(CannotMove, match="Your role"):
                publish_article(article=article, by=someone, at=NOW, when=when)
    assert (stored(article).state, public(NOW + timedelta(days=2))) == (State.APPROVED, [])


def test_w1_a_publisher_cannot_publish_what_nobody_approved(writer: User, publisher: User) -> None:
    article = draft(writer)
    with pytest.raises(CannotMove):
        publish_article(article=article, by=publisher, at=NOW)
    submit_article(article=article, by=writer, at=NOW)
    with pytest.raises(CannotMove):
        publish_article(article=article, by=publisher, at=NOW)
    assert public() == []


def test_w1_restoring_a_published_revision_publishes_nothing(writer: User, publisher: User) -> None:
    article = story(State.PUBLISHED)
    edit(article, writer, headline="Second thoughts")
    restore_revision(article=article, number=1, by=writer, at=NOW)
    assert (stored(article).state, stored(article).version, stored(article).public_version) == (
        State.DRAFT,
        3,
        1,
    )
    with pytest.raises(CannotMove):
        publish_article(article=article, by=publisher, at=NOW)


# What an approval is for


def test_w2_an_edit_voids_the_approval(editor: User, publisher: User) -> None:
    article = story(State.APPROVED)
    edit(article, editor, headline="Tide mill turns backwards")
    assert (article.state, review_standing(article).is_complete) == (State.IN_REVIEW, False)
    with pytest.raises(CannotMove):
        publish_article(article=article, by=publisher, at=NOW)


def test_w2_an_edit_to_a_scheduled_story_takes_it_off_the_schedule(publisher: User) -> None:
    article = story(State.SCHEDULED)
    edit(article, publisher, headline="Changed")
    assert (article.state, article.published_at, article.first_published_at, article.scheduled_for) == (
        State.IN_REVIEW,
        None,
        None,
        None,
    )
    assert public(NOW + 2 * HOUR) == []


def test_w2_saving_the_same_text_again_voids_nothing(editor: User) -> None:
    article = story(State.APPROVED)
    assert edit(article, editor) is None
    assert (stored(article).state, stored(article).version) == (State.APPROVED, 1)


def test_w2_settings_are_not_text(publisher: User) -> None:
    article = story(State.APPROVED)
    place_article(article=article, by=publisher, at=NOW, prominence=3, access="free")
    publish_article(article=article, by=publisher, at=NOW)
    assert (stored(article).prominence, stored(article).access) == (3, "free")


# Whose text it is


def test_w3_nobody_approves_their_own_text(editor: User) -> None:
    article = draft(editor)
    submit_article(article=article, by=editor, at=NOW)
    with pytest.raises(CannotMove, match="their own text"):
        approve_article(article=article, by=editor, at=NOW)
    assert stored(article).state == State.IN_REVIEW


def test_w3_who_wrote_in_a_colleagues_draft_does_not_approve_it(writer: User, editor: User) -> None:
    article = draft(writer)
    edit(article, editor, body="<p>Rewritten from the first word.</p>")
    submit_article(article=article, by=writer, at=NOW)
    with pytest.raises(CannotMove, match="their own text"):
        approve_article(article=article, by=editor, at=NOW)


def test_w3_a_byline_taken_off_again_is_still_ones_own(writer: User, editor: User) -> None:
    author = AuthorFactory.create(user=editor)
    article = draft(writer, authors=(author.pk,))
    submit_article(article=article, by=writer, at=NOW)
    edit(article, editor, authors=())
    with pytest.raises(CannotMove, match="their own text"):
        approve_article(article=article, by=editor, at=NOW)


@pytest.mark.parametrize("needs_two_people", [False, True])
def test_w3_who_only_planned_a_story_for_a_colleague_may_approve_it(
    writer: User, editor: User, needs_two_people: bool
) -> None:
    path(("Editing", EDITOR, 1), of=section(), needs_two_people=needs_two_people)
    article = plan_story(slugline="tide mill", section=section(), by=editor, at=NOW, assignee=writer)
    edit(article, writer, headline="Tide mill turns", body="<p>It turned.</p>")
    submit_article(article=article, by=writer, at=NOW)
    approve_article(article=article, by=editor, at=NOW)
    assert review_standing(article).people == 1


def test_w3_who_planned_a_story_and_wrote_in_it_does_not_approve_it(writer: User, editor: User) -> None:
    article = plan_story(slugline="tide mill", section=section(), by=editor, at=NOW, assignee=writer)
    edit(article, editor, headline="Tide mill turns", body="<p>It turned.</p>")
    edit(article, writer, headline="Tide mill turns again")
    submit_article(article=article, by=writer, at=NOW)
    with pytest.raises(CannotMove, match="their own text"):
        approve_article(article=article, by=editor, at=NOW)


def test_w3_touching_up_in_review_is_editing_not_writing(writer: User, editor: User) -> None:
    article = story(State.IN_REVIEW)
    edit(article, editor, headline="Tide mill turns, at last")
    approve_article(article=article, by=editor, at=NOW)
    assert article.state == State.APPROVED


def test_w3_a_flagged_section_needs_two_people_who_wrote_nothing(writer: User, editor: User) -> None:
    path(("Editing", EDITOR, 1), of=section(), needs_two_people=True)
    second = person(EDITOR, "second@example.com")
    article = story(State.IN_REVIEW)
    approve_article(article=article, by=editor, at=NOW)
    assert article.state == State.IN_REVIEW
    with pytest.raises(CannotMove, match="already"):
        approve_article(article=article, by=editor, at=NOW)
    approve_article(article=article, by=second, at=NOW)
    assert article.state == State.APPROVED

    edit(article, second, headline="Touched up")
    with pytest.raises(CannotMove, match="changed this text"):
        approve_article(article=article, by=second, at=NOW)


# Steps


def test_reviews_are_due_one_after_the_other(editor: User) -> None:
    path(("Editing", EDITOR, 1), ("Fact check", "Fact checkers", 2), of=section())
    checkers = [person("Fact checkers", f"checker-{number}@example.com") for number in (1, 2)]
    article = story(State.IN_REVIEW)
    with pytest.raises(CannotMove, match="Editing is not yours"):
        approve_article(article=article, by=checkers[0], at=NOW)
    approve_article(article=article, by=editor, at=NOW)
    with pytest.raises(CannotMove, match="Fact check is not yours"):
        approve_article(article=article, by=editor, at=NOW)
    approve_article(article=article, by=checkers[0], at=NOW)
    assert article.state == State.IN_REVIEW
    approve_article(article=article, by=checkers[1], at=NOW)
    assert article.state == State.APPROVED


def test_a_section_with_an_empty_path_approves_nothing(editor: User) -> None:
    article = story(State.IN_REVIEW)
    path()
    with pytest.raises(CannotMove, match="No reviews are set up"):
        approve_article(article=article, by=editor, at=NOW)


def test_requesting_changes_needs_a_reason_and_keeps_it(writer: User, editor: User) -> None:
    article = story(State.APPROVED)
    with pytest.raises(CannotMove, match="Say why"):
        request_changes(article=article, by=editor, at=NOW, reason="  ")
    request_changes(article=article, by=editor, at=NOW, reason="Who says so?")
    assert article.state == State.CHANGES_REQUESTED
    assert AuditEntry.objects.filter(action="request changes story").get().reason == "Who says so?"
    told = Notification.objects.get(user=writer, kind=Notification.Kind.CHANGES)
    assert (told.text, told.by_label) == ("Who says so?", "Editor")


def test_a_writer_takes_a_text_back(writer: User) -> None:
    article = story(State.IN_REVIEW)
    recall_article(article=article, by=writer, at=NOW)
    assert article.state == State.DRAFT


def test_a_writer_sees_to_their_own_drafts_only(writer: User) -> None:
    article = draft(person(WRITER, "colleague@example.com"))
    with pytest.raises(CannotSave):
        edit(article, writer, headline="Mine now")
    with pytest.raises(CannotMove):
        submit_article(article=article, by=writer, at=NOW)


def test_a_writer_cannot_change_a_story_in_review(writer: User) -> None:
    article = story(State.IN_REVIEW)
    with pytest.raises(CannotSave):
        edit(article, writer, headline="Changed behind the editor's back")
    assert stored(article).headline == "Tide mill 1 turns again"


# When


def test_w6_a_scheduled_story_is_visible_on_the_minute_without_a_worker() -> None:
    article = story(State.SCHEDULED)
    assert public(NOW + HOUR - timedelta(seconds=1)) == []
    assert public(NOW + HOUR) == [article]


def test_w6_what_follows_a_scheduled_publication_happens_once(writer: User) -> None:
    article = story(State.SCHEDULED)
    assert publish_due(at=NOW + HOUR - timedelta(seconds=1)) == 0
    assert [publish_due(at=NOW + 3 * HOUR), publish_due(at=NOW + 4 * HOUR)] == [1, 0]
    assert (stored(article).state, stored(article).published_at, stored(article).public_version) == (
        State.PUBLISHED,
        NOW + HOUR,
        1,
    )
    assert AuditEntry.objects.filter(action="publish story").count() == 1
    assert Notification.objects.filter(user=writer, kind=Notification.Kind.PUBLISHED).count() == 1


def test_w6_a_scheduled_story_whose_moment_has_come_is_public_to_the_desk_too(
    editor: User, publisher: User
) -> None:
    article = story(State.SCHEDULED)
    with pytest.raises(CannotMove):
        request_changes(article=article, by=editor, at=NOW + HOUR, reason="Too late.")
    edit(article, publisher, at=NOW + 2 * HOUR, headline="An update")
    assert (article.state, article.published_at) == (State.DRAFT, NOW + HOUR)
    assert [found.headline for found in public(NOW + 2 * HOUR)] == ["Tide mill 1 turns again"]


def test_w6_a_scheduled_update_comes_with_the_sweep(writer: User, editor: User, publisher: User) -> None:
    article = story(State.PUBLISHED)
    edit(article, writer, headline="The second day")
    submit_article(article=article, by=writer, at=NOW)
    approve_article(article=article, by=editor, at=NOW)
    publish_article(article=article, by=publisher, at=NOW, when=NOW + HOUR)
    assert [found.headline for found in public(NOW + HOUR)] == ["Tide mill 1 turns again"]
    publish_due(at=NOW + HOUR + timedelta(minutes=1))
    [found] = public(NOW + 2 * HOUR)
    assert (found.headline, found.published_at, found.updated_at) == ("The second day", NOW, NOW + HOUR)


def test_taking_a_story_off_the_schedule_keeps_its_approval(publisher: User) -> None:
    article = story(State.SCHEDULED)
    unschedule_article(article=article, by=publisher, at=NOW)
    assert public(NOW + 2 * HOUR) == []
    publish_article(article=article, by=publisher, at=NOW)
    assert public() == [article]


def test_a_publication_ends_at_its_moment_with_or_without_a_worker(publisher: User) -> None:
    article = story(State.PUBLISHED)
    place_article(article=article, by=publisher, at=NOW, unpublish_at=NOW + HOUR)
    assert (public(NOW + HOUR - timedelta(seconds=1)), public(NOW + HOUR)) == ([article], [])
    assert list(Article.objects.withdrawn(at=NOW + HOUR)) == [article]
    publish_due(at=NOW + 2 * HOUR)
    assert (stored(article).state, stored(article).published_at) == (State.UNPUBLISHED, None)
    assert list(Article.objects.withdrawn(at=NOW + 2 * HOUR)) == [article]


def test_w5_an_embargo_holds_against_publication(publisher: User) -> None:
    article = story(State.PUBLISHED, settings={"embargo_until": NOW + 6 * HOUR})
    assert public(NOW + timedelta(hours=5, minutes=59)) == []
    assert public(NOW + 6 * HOUR) == [article]


def test_w5_a_killed_story_under_embargo_is_not_even_mourned(publisher: User) -> None:
    article = story(State.PUBLISHED, settings={"embargo_until": NOW + 6 * HOUR})
    kill_article(article=article, by=publisher, at=NOW, reason="Wrong.", notice="Withdrawn.")
    assert list(Article.objects.withdrawn(at=NOW + HOUR)) == []
    assert list(Article.objects.withdrawn(at=NOW + 7 * HOUR)) == []


# Public stories


def test_readers_see_the_last_published_text_until_the_draft_is_published(
    writer: User, editor: User, publisher: User
) -> None:
    article = story(State.PUBLISHED)
    edit(article, writer, headline="New headline", slug="new-address", body="<p>New text.</p>")
    [seen] = public()
    assert (seen.headline, seen.slug) == ("Tide mill 1 turns again", "tide-mill-1")
    submit_article(article=article, by=writer, at=NOW)
    approve_article(article=article, by=editor, at=NOW)
    publish_article(article=article, by=publisher, at=NOW + HOUR)

    [seen] = public(NOW + HOUR)
    assert (seen.headline, seen.slug, head_content(seen).body) == (
        "New headline",
        "new-address",
        "<p>New text.</p>",
    )
    assert (seen.published_at, seen.first_published_at, seen.updated_at) == (NOW, NOW, NOW + HOUR)
    assert FormerSlug.objects.get().slug == "tide-mill-1"


def test_a_discarded_draft_stays_in_the_history(writer: User) -> None:
    article = story(State.PUBLISHED)
    edit(article, writer, headline="Never mind")
    discard_draft(article=article, by=writer, at=NOW)
    assert (article.state, article.headline, head_content(article).headline) == (
        State.PUBLISHED,
        "Tide mill 1 turns again",
        "Tide mill 1 turns again",
    )
    kept = article.revisions.order_by("number").values_list("number", "content__headline")
    assert [headline for _, headline in kept] == [
        "Tide mill 1 turns again",
        "Never mind",
        "Tide mill 1 turns again",
    ]


def test_w7_unpublished_and_published_again_keeps_its_first_date(publisher: User) -> None:
    article = story(State.PUBLISHED)
    unpublish_article(article=article, by=publisher, at=NOW + HOUR)
    assert (public(NOW + HOUR), list(Article.objects.withdrawn(at=NOW + HOUR))) == ([], [article])
    publish_article(article=article, by=publisher, at=NOW + 2 * HOUR)
    assert (article.published_at, article.first_published_at) == (NOW, NOW)


def test_unpublishing_a_story_with_a_working_draft_makes_the_draft_its_text(
    writer: User, publisher: User
) -> None:
    article = story(State.PUBLISHED)
    edit(article, writer, headline="Half written")
    unpublish_article(article=article, by=publisher, at=NOW)
    assert (article.state, article.headline, article.public_version) == (
        State.UNPUBLISHED,
        "Half written",
        None,
    )
    with pytest.raises(CannotPublish, match="no approval"):
        publish_article(article=article, by=publisher, at=NOW)


def test_w7_killing_needs_a_reason_and_takes_the_story_everywhere_off(publisher: User) -> None:
    article = story(State.PUBLISHED)
    with pytest.raises(CannotMove, match="Say why"):
        kill_article(article=article, by=publisher, at=NOW, reason="")
    kill_article(article=article, by=publisher, at=NOW, reason="Invented.", notice="It was not true.")
    assert (article.state, article.withdrawal_notice, public()) == (State.KILLED, "It was not true.", [])
    with pytest.raises(CannotSave):
        edit(article, publisher, headline="Back")
    revive_article(article=article, by=publisher, at=NOW, reason="The wrong one.")
    assert (article.state, article.withdrawal_notice) == (State.DRAFT, "")


def test_w8_a_correction_needs_a_reason_and_says_who_and_when(
    writer: User, editor: User, publisher: User
) -> None:
    article = story(State.PUBLISHED)
    edit(article, writer, body="<p>It stood.</p>")
    with pytest.raises(CannotMove):
        correct_article(article=article, by=publisher, at=NOW, notice="It stood.", reason="Misheard.")
    submit_article(article=article, by=writer, at=NOW)
    approve_article(article=article, by=editor, at=NOW)
    with pytest.raises(CannotMove, match="Say why"):
        correct_article(article=article, by=publisher, at=NOW, notice="It stood.", reason=" ")
    with pytest.raises(CannotMove, match="notice"):
        correct_article(article=article, by=publisher, at=NOW, notice=" ", reason="Misheard.")
    correct_article(
        article=article, by=publisher, at=NOW + HOUR, notice="The mill stood.", reason="Misheard."
    )
    correction = Correction.objects.get()
    assert (correction.notice, correction.reason, correction.by, correction.at, correction.version) == (
        "The mill stood.",
        "Misheard.",
        publisher,
        NOW + HOUR,
        2,
    )
    assert (article.updated_at, article.first_published_at) == (NOW + HOUR, NOW)


def test_w8_a_notice_alone_corrects_a_story_too(publisher: User) -> None:
    article = story(State.PUBLISHED)
    correct_article(article=article, by=publisher, at=NOW + HOUR, notice="The mill is red.", reason="Colour.")
    assert (article.state, article.updated_at, article.version) == (State.PUBLISHED, NOW + HOUR, 1)


def test_w9_old_addresses_lead_on_and_never_in_circles(writer: User, editor: User, publisher: User) -> None:
    article = story(State.PUBLISHED)
    for slug in ("second", "third", "second"):
        edit(article, writer, slug=slug)
        submit_article(article=article, by=writer, at=NOW)
        approve_article(article=article, by=editor, at=NOW)
        publish_article(article=article, by=publisher, at=NOW)
    assert set(FormerSlug.objects.values_list("slug", flat=True)) == {"tide-mill-1", "third"}


def test_w9_an_address_another_story_has_or_had_stays_its_own(publisher: User) -> None:
    article = story(State.PUBLISHED)
    unpublish_article(article=article, by=publisher, at=NOW)
    edit(article, publisher, slug="moved")
    other = draft(publisher, slug="other")
    for taken in ("tide-mill-1", "moved"):
        with pytest.raises(CannotSave):
            edit(other, publisher, slug=taken)


def test_an_update_whose_address_was_taken_meanwhile_waits_for_a_person(
    writer: User, editor: User, publisher: User
) -> None:
    article = story(State.PUBLISHED)
    edit(article, writer, slug="the-bridge")
    submit_article(article=article, by=writer, at=NOW)
    approve_article(article=article, by=editor, at=NOW)
    publish_article(article=article, by=publisher, at=NOW, when=NOW + HOUR)
    draft(writer, slug="the-bridge")
    publish_due(at=NOW + 2 * HOUR)
    assert (stored(article).state, stored(article).slug) == (State.APPROVED, "tide-mill-1")


# Holds and gates


def test_a_legal_hold_blocks_every_way_out_until_someone_entitled_lifts_it(
    writer: User, editor: User, publisher: User
) -> None:
    article = story(State.SCHEDULED)
    place_hold(article=article, by=editor, at=NOW, reason="The mill's owner objects.")
    assert (article.state, article.scheduled_for) == (State.APPROVED, None)
    assert (publish_due(at=NOW + 2 * HOUR), public(NOW + 2 * HOUR)) == (0, [])
    for when in (None, NOW + HOUR):
        with pytest.raises(CannotPublish, match="owner objects"):
            publish_article(article=article, by=publisher, at=NOW, when=when)
    for someone in (writer, editor):
        with pytest.raises(CannotMove, match="Your role"):
            lift_hold(article=article, by=someone, at=NOW, reason="Never mind.")
    lift_hold(article=article, by=publisher, at=NOW, reason="Settled.")
    publish_article(article=article, by=publisher, at=NOW)
    assert public() == [article]


def test_a_hold_stops_what_an_embargo_would_let_out(editor: User, publisher: User) -> None:
    article = story(State.PUBLISHED, settings={"embargo_until": NOW + HOUR})
    place_hold(article=article, by=editor, at=NOW, reason="The mill's owner objects.")
    assert (article.state, public(NOW + 2 * HOUR)) == (State.UNPUBLISHED, [])
    with pytest.raises(CannotPublish, match="owner objects"):
        publish_article(article=article, by=publisher, at=NOW)
    lift_hold(article=article, by=publisher, at=NOW, reason="Settled.")
    publish_article(article=article, by=publisher, at=NOW)
    assert (public(NOW), public(NOW + HOUR)) == ([], [article])


def test_a_story_without_text_cannot_be_submitted(writer: User) -> None:
    article = draft(writer, body="")
    with pytest.raises(CannotMove, match="no body"):
        submit_article(article=article, by=writer, at=NOW)


def test_saving_sanitises_and_counts(writer: User) -> None:
    article = draft(writer, body="<p onclick='x()'>Four words are here.</p><script>alert(1)</script>")
    assert (head_content(article).body, article.word_count) == ("<p>Four words are here.</p>", 4)
    assert article.revisions.get().content["body"] == "<p>Four words are here.</p>"


def test_a_draft_that_names_deleted_rows_can_still_be_published(
    writer: User, editor: User, publisher: User
) -> None:
    article, topic = story(State.PUBLISHED), TopicFactory.create()
    edit(article, writer, topics=(topic.pk,), headline="With a topic")
    topic.delete()
    submit_article(article=article, by=writer, at=NOW)
    approve_article(article=article, by=editor, at=NOW)
    publish_article(article=article, by=publisher, at=NOW)
    assert ([found.headline for found in public()], article.topics.count()) == (["With a topic"], 0)


def test_those_whose_own_text_it_is_are_not_asked_to_review_it(editor: User) -> None:
    other = person(EDITOR, "second@example.com")
    article = draft(editor)
    submit_article(article=article, by=editor, at=NOW)
    told = Notification.objects.filter(kind=Notification.Kind.SUBMITTED)
    assert [row.user for row in told] == [other]
