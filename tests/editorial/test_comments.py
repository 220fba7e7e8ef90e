"""Comments on passages, replies, mentions and suggested edits: what is said, who may, and where it stands."""

from datetime import timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra.django import TestCase

from accounts.models import AuditEntry, User
from accounts.roles import EDITOR, PUBLISHER, SUPPORT, WRITER
from articles.markup.anchors import passage_text
from articles.models import Article, State
from editorial.actions import (
    CannotComment,
    CannotMove,
    accept_applied,
    accept_suggestion,
    add_comment,
    approve_article,
    discard_draft,
    kill_article,
    reject_suggestion,
    reopen_comment,
    reply,
    resolve_comment,
    restore_revision,
    submit_article,
)
from editorial.content import head_content
from editorial.models import Comment, GuestLink, Notification
from editorial.queries import people_at, review_standing, threads_of, visible_to_staff
from tests.factories.desk import HOUR, NOW, draft, edit, path, person, section, story

pytestmark = pytest.mark.django_db

BODY = "<p>The old quay lies under water.</p><p>Nobody asked the <em>pilots</em>. Nobody ever did.</p>"


@pytest.fixture
def writer() -> User:
    return person(WRITER, name="Marta Ellingsen")


@pytest.fixture
def editor() -> User:
    return person(EDITOR, name="Edda Korhald")


@pytest.fixture
def article(writer: User) -> Article:
    return draft(writer, body=BODY)


def say(article: Article, by: User, quote: str = "old quay", text: str = "Which?", **more: object) -> Comment:
    return add_comment(article=article, text=text, by=by, at=NOW, quote=quote, **more)  # type: ignore[arg-type]


def suggest(article: Article, by: User, quote: str, replacement: str) -> Comment:
    return say(article, by, quote, "", replacement=replacement)


def words_of(comment: Comment) -> str | None:
    """The words that stand at the comment's passage in the latest text."""
    comment.refresh_from_db()
    body = head_content(Article.objects.get(pk=comment.article_id)).body
    return comment.passage and passage_text(body)[slice(*comment.passage)]


# Saying something


def test_a_comment_stands_at_its_words(article: Article, editor: User) -> None:
    comment = say(article, editor)
    assert (comment.quote, words_of(comment), comment.by_label) == ("old quay", "old quay", "Edda Korhald")


def test_of_several_passages_alike_the_nearest_is_meant(article: Article, editor: User) -> None:
    text = passage_text(BODY)
    first, second = say(article, editor, "Nobody", near=30), say(article, editor, "Nobody", near=60)
    assert [first.start, second.start] == [text.index("Nobody"), text.rindex("Nobody")]


def test_a_comment_may_be_about_the_whole_story(article: Article, editor: User) -> None:
    comment = say(article, editor, quote="")
    assert (comment.passage, comment.quote) == (None, "")


def test_words_that_are_not_saved_yet_find_their_place_with_the_save(article: Article, writer: User) -> None:
    comment = say(article, writer, "harbour wall")
    assert comment.passage is None
    edit(article, writer, body=BODY.replace("quay", "harbour wall"))
    assert words_of(comment) == "harbour wall"


@pytest.mark.parametrize("text", ["", "  \n ", "x" * 4001])
def test_nothing_and_too_much_are_not_said(article: Article, editor: User, text: str) -> None:
    with pytest.raises(CannotComment):
        say(article, editor, text=text)
    assert Comment.objects.count() == 0


def test_who_does_not_see_the_story_says_nothing_about_it(article: Article, editor: User) -> None:
    comment = say(article, editor)
    for someone in (person(WRITER, "other@example.com"), person(SUPPORT), person("Nobody")):
        with pytest.raises(CannotComment, match="not yours to comment on"):
            say(article, someone)
        with pytest.raises(CannotComment, match="not yours to comment on"):
            reply(comment=comment, text="Hm.", by=someone, at=NOW)
    assert Comment.objects.count() == 1


def test_about_a_killed_story_nothing_is_said(article: Article, writer: User, editor: User) -> None:
    suggestion = suggest(article, editor, "old quay", "quay")
    kill_article(article=article, by=person(PUBLISHER), at=NOW, reason="Invented.")
    with pytest.raises(CannotComment):
        say(article, editor)
    for act in (resolve_comment, accept_suggestion, reject_suggestion):
        with pytest.raises(CannotComment):
            act(comment=suggestion, by=writer, at=NOW)


def test_a_guest_comments_by_their_link_alone(article: Article, editor: User, writer: User) -> None:
    def link(**values: object) -> GuestLink:
        given = {"article": article, "name": "Ada Venn", "may_review": True, "created_at": NOW}
        return GuestLink.objects.create(**{**given, "expires_at": NOW + HOUR, **values})

    comment = add_comment(article=article, text="@Edda Korhald, who says so?", link=link(), at=NOW)
    assert (comment.by_label, comment.by) == ("Ada Venn", None)
    assert Notification.objects.get(user=editor).text == "Ada Venn: @Edda Korhald, who says so?"
    other = draft(writer)
    for shut in (
        link(may_review=False),
        link(revoked_at=NOW),
        link(expires_at=NOW),
        link(article=other),
        None,
    ):
        with pytest.raises(CannotComment):
            add_comment(article=article, text="Let me in.", link=shut, at=NOW)
    with pytest.raises(CannotComment):
        add_comment(article=article, text="As you.", link=link(), by=editor, at=NOW)
    assert Comment.objects.count() == 1


# Mentions


def test_who_is_mentioned_is_told_once(article: Article, editor: User, writer: User) -> None:
    say(
        article,
        editor,
        text="@marta ellingsen: @Marta Ellingsen’s notes, @Nobody Known, @Edda Korhald.",
    )
    [told] = Notification.objects.all()
    assert (told.user, told.kind, told.by_label) == (writer, Notification.Kind.MENTIONED, "Edda Korhald")


def test_the_longest_name_counts(article: Article, writer: User) -> None:
    short = person(EDITOR, "a@example.com", name="Ada Venn")
    longer = person(EDITOR, "b@example.com", name="Ada Venn Moor")
    say(article, writer, text="Ask @Ada Venn Moor, not Ada Venn; mail to pen@Ada Venn goes nowhere.")
    assert [told.user for told in Notification.objects.all()] == [longer]
    say(article, writer, text="@Ada Venns is nobody, @Ada Venn is somebody.")
    assert [told.user for told in Notification.objects.filter(user=short)] == [short]


def test_nobody_is_told_of_a_story_they_do_not_see(article: Article, editor: User) -> None:
    person(WRITER, "other@example.com", name="Other Writer")
    say(article, editor, text="Would @Other Writer know?")
    assert Notification.objects.count() == 0


def test_a_reply_mentions_too_and_nobody_else_is_told(article: Article, editor: User, writer: User) -> None:
    comment = say(article, editor)
    reply(comment=comment, text="The east one.", by=writer, at=NOW)
    assert Notification.objects.count() == 0
    reply(comment=comment, text="Sure, @Edda Korhald?", by=writer, at=NOW)
    assert [told.user for told in Notification.objects.all()] == [editor]


@pytest.mark.parametrize("state", [State.DRAFT, State.IN_REVIEW, State.PUBLISHED])
def test_who_can_be_mentioned_is_who_sees_the_story(state: str) -> None:
    path(("Editing", EDITOR, 1))
    checkers = person("Fact checkers", "checker@example.com")
    path(("Fact check", "Fact checkers", 1), of=section("culture"))
    people = [person(role) for role in (WRITER, EDITOR, PUBLISHER, SUPPORT)]
    people += [
        person(WRITER, "other@example.com"),
        checkers,
        person(EDITOR, "left@example.com", is_active=False),
    ]
    written = story(state)
    assert set(people_at(written)) == {
        someone
        for someone in people
        if someone.is_active
        and someone.has_perm("articles.view_article")
        and visible_to_staff(someone).filter(pk=written.pk).exists()
    }


# Threads


def test_a_thread_is_resolved_and_reopened(article: Article, editor: User, writer: User) -> None:
    comment = say(article, editor)
    answer = reply(comment=comment, text="The east one.", by=writer, at=NOW)
    assert answer.parent == comment
    resolve_comment(comment=comment, by=writer, at=NOW)
    comment.refresh_from_db()
    assert (comment.state, comment.closed_by_label, comment.closed_at) == (
        Comment.State.RESOLVED,
        "Marta Ellingsen",
        NOW,
    )
    with pytest.raises(CannotComment, match="resolved already"):
        resolve_comment(comment=comment, by=writer, at=NOW)
    with pytest.raises(CannotComment, match="resolved already"):
        reply(comment=comment, text="Again.", by=writer, at=NOW)
    assert (threads_of(article, writer), len(threads_of(article, writer, only_open=False))) == ([], 1)
    reopen_comment(comment=comment, by=editor, at=NOW)
    assert [thread.comment for thread in threads_of(article, writer)] == [comment]
    actions = AuditEntry.about(article).values_list("action", "reason")
    assert sorted(actions) == [
        ("begin story", ""),
        ("reopen comment on story", "Edda Korhald: Which?"),
        ("resolve comment on story", "Edda Korhald: Which?"),
    ]


def test_a_reply_to_a_reply_is_in_the_same_thread(article: Article, editor: User, writer: User) -> None:
    comment = say(article, editor)
    answer = reply(comment=comment, text="The east one.", by=writer, at=NOW)
    again = reply(comment=answer, text="Then say so.", by=editor, at=NOW + HOUR)
    assert again.parent == comment
    [thread] = threads_of(article, writer)
    assert [each.text for each in thread.replies] == ["The east one.", "Then say so."]


def test_who_neither_wrote_it_nor_edits_the_story_does_not_close_it(writer: User, editor: User) -> None:
    path(("Fact check", "Fact checkers", 1), of=section())
    checker = person("Fact checkers", "checker@example.com")
    checker.groups.add(*person(WRITER).groups.all())
    article = story(State.IN_REVIEW, body=BODY)
    theirs, own = say(article, editor), say(article, checker)
    for act in (resolve_comment, reopen_comment):
        with pytest.raises(CannotComment, match="for its writer"):
            act(comment=theirs, by=checker, at=NOW)
    resolve_comment(comment=own, by=checker, at=NOW)
    own.refresh_from_db()
    assert own.state == Comment.State.RESOLVED


def test_threads_come_in_the_order_of_their_passages(article: Article, editor: User, writer: User) -> None:
    late, early, whole = say(article, editor, "pilots"), say(article, editor, "The"), say(article, editor, "")
    assert [thread.comment for thread in threads_of(article, writer)] == [whole, early, late]


# Staying with the passage


@pytest.mark.parametrize(
    ("changed", "there"),
    [
        (BODY.replace("<p>The", "<p>First of all. The"), "old quay"),
        (BODY.replace("did.", "did. Not once."), "old quay"),
        (BODY.replace("old quay", "old stone quay"), "old stone quay"),
        (BODY.replace("The old quay lies", "At noon the old quay still lies"), "old quay"),
        (BODY.replace("<p>The old quay lies under water.</p>", ""), None),
    ],
    ids=["before", "after", "inside", "around", "deleted"],
)
def test_a_comment_stays_with_its_passage(
    article: Article, editor: User, writer: User, changed: str, there: str | None
) -> None:
    comment = say(article, editor)
    edit(article, writer, body=changed)
    assert (words_of(comment), comment.quote) == (there, "old quay")


def test_a_passage_that_comes_back_has_its_comment_again(
    article: Article, editor: User, writer: User
) -> None:
    comment = say(article, editor)
    edit(article, writer, body="<p>Nothing.</p>")
    assert words_of(comment) is None
    restore_revision(article=article, number=1, by=writer, at=NOW)
    assert words_of(comment) == "old quay"


def test_a_resolved_comment_moves_along_for_the_day_it_is_reopened(
    article: Article, editor: User, writer: User
) -> None:
    comment = say(article, editor)
    resolve_comment(comment=comment, by=writer, at=NOW)
    edit(article, writer, body=BODY.replace("<p>The", "<p>First of all. The"))
    reopen_comment(comment=comment, by=writer, at=NOW)
    assert words_of(comment) == "old quay"


def test_comments_are_about_the_latest_text_not_the_public_one(writer: User, editor: User) -> None:
    article = story(State.PUBLISHED, body=BODY)
    edit(article, writer, body="<p>A foreword.</p>" + BODY)
    comment = say(article, editor, "foreword")
    kept = say(article, editor, "old quay")
    discard_draft(article=article, by=editor, at=NOW)
    assert [words_of(comment), words_of(kept)] == [None, "old quay"]


class AnchorsUnderEdits(TestCase):
    """Whatever is put in around it, a passage keeps its comment."""

    @given(before=st.text("ab ,.", max_size=30), after=st.text("ab ,.", max_size=30))
    def test_words_put_in_around_a_passage_leave_it_alone(self, before: str, after: str) -> None:
        writer = person(WRITER)
        written = draft(writer, body="<p>One two. Heliotrope ledgers. Three.</p>")
        comment = say(written, writer, "Heliotrope ledgers")
        edit(written, writer, body=f"<p>One {before} two. Heliotrope ledgers. {after} Three.</p>")
        assert words_of(comment) == "Heliotrope ledgers"


# Suggested edits


def test_an_accepted_suggestion_is_a_new_revision_by_who_accepts(
    article: Article, editor: User, writer: User
) -> None:
    suggestion = suggest(article, editor, "pilots", "crew")
    accept_suggestion(comment=suggestion, by=writer, at=NOW + HOUR)
    article.refresh_from_db()
    latest = article.revisions.get(number=article.version)
    assert head_content(article).body == BODY.replace("pilots", "crew")
    assert (latest.by, latest.note) == (writer, "accepted a suggestion by Edda Korhald")
    suggestion.refresh_from_db()
    assert (suggestion.state, suggestion.closed_by_label) == (Comment.State.ACCEPTED, "Marta Ellingsen")
    with pytest.raises(CannotComment, match="accepted already"):
        accept_suggestion(comment=suggestion, by=writer, at=NOW + HOUR)


def test_w2_accepting_a_suggestion_voids_the_approval(writer: User, editor: User) -> None:
    article = story(State.APPROVED, body=BODY)
    suggestion = suggest(article, writer, "old quay", "quay")
    accept_suggestion(comment=suggestion, by=editor, at=NOW)
    article.refresh_from_db()
    assert (article.state, review_standing(article).is_complete) == (State.IN_REVIEW, False)


def test_w3_who_accepts_into_a_colleagues_draft_has_written_in_it(writer: User, editor: User) -> None:
    article = draft(writer, body=BODY)
    suggestion = suggest(article, writer, "old quay", "quay")
    accept_suggestion(comment=suggestion, by=editor, at=NOW)
    article.refresh_from_db()
    submit_article(article=article, by=writer, at=NOW)
    with pytest.raises(CannotMove, match="their own text"):
        approve_article(article=article, by=editor, at=NOW)


def test_suggestions_are_accepted_and_rejected_one_by_one(
    article: Article, editor: User, writer: User
) -> None:
    taken, refused, cut = (
        suggest(article, editor, "old quay", "pier"),
        suggest(article, editor, "Nobody ever did.", "Never."),
        suggest(article, editor, " Nobody ever did.", ""),
    )
    accept_suggestion(comment=taken, by=writer, at=NOW)
    reject_suggestion(comment=refused, by=writer, at=NOW)
    accept_suggestion(comment=cut, by=writer, at=NOW)
    article.refresh_from_db()
    assert passage_text(head_content(article).body) == "The pier lies under water.\nNobody asked the pilots."
    assert AuditEntry.objects.get(action="reject suggestion for story").by == writer
    assert AuditEntry.objects.filter(action="edit story").count() == 2


def test_a_suggestion_for_words_that_were_changed_since_changes_nothing(
    article: Article, editor: User, writer: User
) -> None:
    rewritten, gone, overlapping = (
        suggest(article, editor, "old quay", "pier"),
        suggest(article, editor, "Nobody ever did.", "Never."),
        suggest(article, editor, "quay lies", "pier lies"),
    )
    edit(article, writer, body=BODY.replace("old", "old stone").replace(" Nobody ever did.", ""))
    accept_suggestion(comment=overlapping, by=writer, at=NOW)
    article.refresh_from_db()
    version = article.version
    for stale in (rewritten, gone):
        with pytest.raises(CannotComment, match="changed since"):
            accept_suggestion(comment=stale, by=writer, at=NOW)
        stale.refresh_from_db()
    assert [rewritten.state, gone.state] == [Comment.State.OPEN] * 2
    assert Article.objects.get(pk=article.pk).version == version


@pytest.mark.parametrize(
    ("quote", "replacement", "why"),
    [
        ("water.\nNobody", "water, and nobody", "within one paragraph"),
        ("harbour", "port", "not in the saved text"),
        ("old quay", "old quay", "there already"),
        ("", "A foreword.", "not in the saved text"),
    ],
)
def test_a_suggestion_that_fits_nowhere_is_not_made(
    article: Article, editor: User, quote: str, replacement: str, why: str
) -> None:
    with pytest.raises(CannotComment, match=why):
        suggest(article, editor, quote, replacement)
    assert Comment.objects.count() == 0


def test_only_who_may_edit_the_story_now_decides(writer: User, editor: User) -> None:
    article = story(State.IN_REVIEW, body=BODY)
    suggestion, remark = suggest(article, editor, "old quay", "quay"), say(article, editor)
    for act in (accept_suggestion, reject_suggestion):
        with pytest.raises(CannotComment, match="not yours to change"):
            act(comment=suggestion, by=writer, at=NOW)
        with pytest.raises(CannotComment, match="no suggestion"):
            act(comment=remark, by=editor, at=NOW)
    assert head_content(article).body == BODY


def test_what_the_open_editor_put_into_the_text_is_marked_as_accepted(
    article: Article, editor: User, writer: User
) -> None:
    taken, left, remark = (
        suggest(article, editor, "old quay", "quay"),
        suggest(article, editor, "pilots", "crew"),
        say(article, editor),
    )
    elsewhere = suggest(draft(writer, body=BODY), editor, "old quay", "quay")
    keys = [taken.pk, remark.pk, elsewhere.pk]
    accept_applied(article=article, suggestions=keys, by=person(WRITER, "other@example.com"), at=NOW)
    assert Comment.objects.exclude(state=Comment.State.OPEN).count() == 0
    accept_applied(article=article, suggestions=keys, by=writer, at=NOW + timedelta(minutes=1))
    assert [thread.comment for thread in threads_of(article, writer)] == [remark, left]
    elsewhere.refresh_from_db()
    assert elsewhere.state == Comment.State.OPEN
