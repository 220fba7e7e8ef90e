"""What someone would try who means harm, has bad luck, or clicks at the wrong moment: each found once."""

import threading
from collections.abc import Callable
from typing import Any

import pytest
from django.contrib.contenttypes.models import ContentType
from django.db import connection
from django.utils import timezone

import editorial.typed
from accounts.models import AuditEntry
from accounts.roles import EDITOR, PUBLISHER, SUPPORT, WRITER
from articles.markup.sanitize import sanitize_body
from articles.models import Article, State
from editorial.actions import (
    CannotComment,
    CannotMove,
    CannotSave,
    add_comment,
    approve_article,
    assign_story,
    kill_article,
    place_article,
    place_hold,
    plan_story,
    publish_article,
    publish_due,
    reply,
    resolve_comment,
    restore_revision,
    review_as_guest,
    unpublish_article,
)
from editorial.actions.comments import LONGEST_QUOTE, MOST_OPEN
from editorial.actions.guests import MOST_COMMENTS, comment_as_guest, make_guest_link
from editorial.models import Comment, ReviewStep, Sitting, Verdict
from editorial.tokens import guest_url
from tests.editorial.writing import form_in, page_of, say, typed_in
from tests.factories.articles import TopicFactory
from tests.factories.desk import HOUR, NOW, browser_of, draft, edit, path, person, story

pytestmark = pytest.mark.django_db

ELSEWHERE = ["javascript:alert(1)", "//evil.example/", "https://evil.example/", "board", "99"]


def state_of(article: Article) -> str:
    return Article.objects.get(pk=article.pk).state


def together(*acts: Callable[[], Any]) -> list[Exception]:
    """All at the same moment, each with a connection of its own; returns what they raised."""
    start = threading.Barrier(len(acts))
    raised: list[Exception] = []

    def run(act: Callable[[], Any]) -> None:
        start.wait()
        try:
            act()
        except Exception as error:  # noqa: BLE001 (the test looks at all of them)
            raised.append(error)
        finally:
            connection.close()

    threads = [threading.Thread(target=run, args=(act,)) for act in acts]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    return raised


@pytest.fixture
def staff() -> None:
    """People who may do anything, and a review: a test of transactions finds the roles' tables empty."""
    for role in (WRITER, EDITOR, PUBLISHER):
        person(role, is_superuser=True)
    path(("Editing", EDITOR, 1))


# Where one is led


@pytest.mark.parametrize("where", ELSEWHERE)
def test_the_way_back_from_the_calendars_form_stays_with_us(where: str) -> None:
    article, editor = draft(at=timezone.now()), person(EDITOR)
    page = browser_of(editor).get(f"/admin/desk/stories/{article.pk}/when/due/", {"next": where})
    assert page.context["next"] == "/admin/desk/calendar/"
    assert f'"{where}"' not in page.text


@pytest.mark.parametrize("where", ELSEWHERE)
def test_after_a_move_one_is_led_to_our_own_pages_alone(where: str) -> None:
    article, editor = draft(at=timezone.now()), person(EDITOR)
    answer = browser_of(editor).post(
        f"/admin/desk/stories/{article.pk}/move/", {"_move": "submit", "next": where}
    )
    assert (answer.status_code, answer.headers["Location"]) == (302, "/admin/desk/board/")


# Approving what one has not read (rule W2)


def test_w2_nobody_approves_a_text_that_changed_since_their_page_was_opened() -> None:
    article, editor = story(State.IN_REVIEW, at=timezone.now()), person(EDITOR)
    path(("Fact check", "Checkers", 1))
    checker = person("Checkers")
    checker.groups.add(*editor.groups.all())
    edit(article, editor, body="<p>It fell down.</p>", at=timezone.now())
    move = {"_move": "approve", "seen": "1"}
    answer = browser_of(checker).post(f"/admin/desk/stories/{article.pk}/move/", move, follow=True)
    assert "changed since you opened this page" in answer.text
    assert (state_of(article), article.reviews.count()) == (State.IN_REVIEW, 0)
    browser_of(checker).post(f"/admin/desk/stories/{article.pk}/move/", move | {"seen": "2"})
    assert state_of(article) == State.APPROVED


def test_w2_the_page_says_which_text_it_shows() -> None:
    article, editor = story(State.IN_REVIEW, at=timezone.now()), person(EDITOR)
    edit(article, editor, headline="Another", at=timezone.now())
    for address in (page_of(article), f"/admin/desk/stories/{article.pk}/moves/?to=approved"):
        assert '<input type="hidden" name="seen" value="2"' in browser_of(editor).get(address).text


def test_w2_what_an_editor_changes_while_approving_is_what_they_approve() -> None:
    article, editor = story(State.IN_REVIEW, at=timezone.now()), person(EDITOR)
    typed = form_in(article, headline="Touched up", _move="approve", seen="1")
    browser_of(editor).post(page_of(article), typed)
    assert [review.version for review in article.reviews.all()] == [2]
    assert state_of(article) == State.APPROVED


# What clashes


def with_a_draft_whose_address_was_taken() -> Article:
    article = story(State.PUBLISHED)
    edit(article, person(WRITER), slug="wanted", headline="New words")
    draft(slug="wanted")
    return article


def test_a_story_is_withdrawn_even_if_its_drafts_address_was_taken() -> None:
    article = with_a_draft_whose_address_was_taken()
    before = article.slug
    unpublish_article(article=article, by=person(PUBLISHER), at=NOW)
    assert (article.state, article.slug, article.headline) == (State.UNPUBLISHED, before, "New words")


def test_w7_it_is_killed_too() -> None:
    article = with_a_draft_whose_address_was_taken()
    kill_article(article=article, by=person(PUBLISHER), at=NOW, reason="Untrue.")
    assert article.state == State.KILLED


def test_its_planned_end_stops_no_other_storys() -> None:
    article, other = with_a_draft_whose_address_was_taken(), story(State.PUBLISHED)
    for each in (article, other):
        place_article(article=each, by=None, at=NOW, unpublish_at=NOW + HOUR)
    assert publish_due(at=NOW + HOUR) == 2
    assert {state_of(article), state_of(other)} == {State.UNPUBLISHED}


def test_a_story_does_not_end_before_it_goes_out() -> None:
    article, publisher = story(State.APPROVED), person(PUBLISHER)
    place_article(article=article, by=publisher, at=NOW, unpublish_at=NOW + HOUR)
    with pytest.raises(CannotMove, match="end before it goes out"):
        publish_article(article=article, by=publisher, at=NOW, when=NOW + 2 * HOUR)
    publish_article(article=article, by=publisher, at=NOW, when=NOW + HOUR / 2)
    with pytest.raises(CannotMove, match="end before it goes out"):
        place_article(article=article, by=publisher, at=NOW, unpublish_at=NOW + HOUR / 4)


def test_no_embargo_lets_a_held_story_out_again_by_itself() -> None:
    article, publisher = story(State.PUBLISHED), person(PUBLISHER)
    place_hold(article=article, by=publisher, at=NOW, reason="The lender sues.")
    with pytest.raises(CannotMove, match="legal hold stands"):
        place_article(article=article, by=publisher, at=NOW, embargo_until=NOW + HOUR)
    place_article(article=article, by=publisher, at=NOW, prominence=2)
    assert Article.objects.get().embargo_until is None


def test_a_note_longer_than_its_field_keeps_no_text_from_being_restored() -> None:
    writer = person(WRITER)
    topics = [TopicFactory.create() for _ in range(3)]
    article = draft(writer, topics=tuple(topic.pk for topic in topics))
    edit(article, writer, topics=())
    for topic in topics:
        topic.delete()
    made = restore_revision(article=article, number=1, by=writer, at=NOW)
    assert made is None or len(made.note) <= 200


def test_a_suggestion_by_someone_with_a_very_long_name_can_be_accepted() -> None:
    writer, editor = person(WRITER), person(EDITOR, name="N" * 150, email=f"{'e' * 180}@example.com")
    editor.name = ""
    editor.save()
    article = draft(writer)
    comment = add_comment(article=article, text="", by=editor, at=NOW, quote="turned", replacement="ran")
    answer = browser_of(writer).post(
        f"/admin/desk/stories/{article.pk}/comments/", {"do": "accept", "comment": comment.pk}
    )
    assert answer.status_code == 302
    assert len(article.revisions.get(number=2).note) == 200


# Words that are not lost


@pytest.mark.parametrize("story_is", ["somebody else's", "deleted"])
def test_what_was_typed_into_a_story_that_is_out_of_sight_is_given_back(story_is: str) -> None:
    article, writer = draft(at=timezone.now()), person(WRITER)
    assign_story(article=article, by=None, at=timezone.now(), assignee=writer)
    client, sent = browser_of(writer), form_in(article, body="<p>Days of work &amp; more.</p>")
    if story_is == "deleted":
        Article.objects.get(pk=article.pk).delete()
    else:
        assign_story(article=article, by=None, at=timezone.now(), assignee=None)
    answer = client.post(page_of(article), sent)
    assert answer.status_code == 409
    assert answer.headers["Cache-Control"].count("no-store") == 1
    assert "&lt;p&gt;Days of work &amp;amp; more.&lt;/p&gt;" in answer.text
    assert article.headline in answer.text
    assert Sitting.objects.count() == (0 if story_is == "deleted" else 1)


def test_a_form_without_a_text_gets_none_back() -> None:
    article, writer = draft(at=timezone.now(), headline="Unseen"), person(WRITER)
    answer = browser_of(writer).post(page_of(article), {"headline": "x"}, follow=True)
    assert "Unseen" not in answer.text
    assert Sitting.objects.count() == 0


def test_nobody_learns_from_it_what_the_story_says() -> None:
    article, writer = draft(at=timezone.now(), headline="Unseen", slug="unseen"), person(WRITER)
    answer = browser_of(writer).post(page_of(article), {"body": "<p>Mine.</p>", "base": "1"}, follow=True)
    assert "nseen" not in answer.text


def test_the_notice_of_a_refused_move_comes_back() -> None:
    article, publisher = story(State.PUBLISHED, at=timezone.now()), person(PUBLISHER)
    place_hold(article=article, by=None, at=timezone.now(), reason="The lender sues.")
    typed = form_in(article) | {
        "_move": "correct",
        "move-correct-note": "A slip of ours.",
        "move-correct-notice": "The mill <stands> in Holm.",
    }
    answer = browser_of(publisher).post(page_of(article), typed, follow=True)
    assert "The lender sues." in answer.text
    assert "A slip of ours." in answer.text
    assert "The mill &lt;stands&gt; in Holm." in answer.text


def test_so_does_that_of_a_move_refused_on_the_board() -> None:
    article, editor = story(State.PUBLISHED, at=timezone.now()), person(EDITOR)
    move = {"_move": "request changes", "move-request-changes-note": "Ask the lender again."}
    answer = browser_of(editor).post(f"/admin/desk/stories/{article.pk}/move/", move, follow=True)
    assert "Ask the lender again." in answer.text


def test_and_of_a_move_that_came_with_a_form_with_mistakes() -> None:
    article, editor = story(State.IN_REVIEW, at=timezone.now()), person(EDITOR)
    typed = form_in(article, headline="x" * 201) | {
        "_move": "request changes",
        "move-request-changes-note": "Ask the lender again.",
    }
    answer = browser_of(editor).post(page_of(article), typed)
    assert (answer.status_code, state_of(article)) == (200, State.IN_REVIEW)
    assert "Ask the lender again." in answer.text


def test_a_notice_too_long_for_its_page_is_refused_and_not_cut() -> None:
    article = story(State.PUBLISHED)
    with pytest.raises(CannotMove, match="300 characters at most"):
        kill_article(article=article, by=person(PUBLISHER), at=NOW, reason="Untrue.", notice="x" * 301)
    assert article.state == State.PUBLISHED
    kill_article(article=article, by=person(PUBLISHER), at=NOW, reason="Untrue.", notice="x" * 300)
    assert article.withdrawal_notice == "x" * 300


@pytest.mark.parametrize("keys", ["9" * 30, ",".join(str(number) for number in range(2000))])
def test_no_list_of_accepted_suggestions_keeps_a_text_from_being_saved(keys: str) -> None:
    writer = person(WRITER)
    article = draft(writer, at=timezone.now())
    typed = form_in(article, headline="Saved", accepted_suggestions=keys)
    assert browser_of(writer).post(page_of(article), typed).status_code == 302
    assert Article.objects.get().headline == "Saved"


# Whatever is sent


def guest_page() -> tuple[str, Article]:
    path(("Editing", EDITOR, 1))
    article = story(State.IN_REVIEW, at=timezone.now())
    link = make_guest_link(
        article=article,
        name="Edda",
        by=None,
        at=timezone.now(),
        step=ReviewStep.objects.get(),
        may_review=True,
    )
    return guest_url(link).removeprefix("http://127.0.0.1:8000"), article


@pytest.mark.parametrize("thread", ["", "abc", "-1", "9" * 30, "1"])
def test_a_guest_answering_nowhere_is_told_so(client: Any, thread: str) -> None:
    address, article = guest_page()
    add_comment(article=article, text="Not for guests.", by=person(EDITOR), at=timezone.now())
    answer = client.post(address, {"do": "reply", "thread": thread, "text": "Hm."})
    assert answer.status_code == 404
    assert Comment.objects.count() == 1


def test_what_no_database_takes_is_left_out_of_a_guests_words(client: Any) -> None:
    address, article = guest_page()
    client.post(address, {"do": "comment", "text": "One\0two", "quote": "turn\0ed"})
    client.post(address, {"do": "changes", "note": "Three\0four", "version": "1"})
    assert [(said.text, said.quote) for said in Comment.objects.all()] == [("Onetwo", "turned")]
    assert [said.note for said in article.reviews.all()] == ["Threefour"]


def test_a_guest_writes_no_book(client: Any) -> None:
    address, article = guest_page()
    answer = client.post(address, {"do": "changes", "note": "x" * 4001, "version": "1"})
    assert (answer.status_code, article.reviews.count()) == (409, 0)
    answer = client.post(address, {"do": "comment", "text": "x", "quote": "y" * (LONGEST_QUOTE + 1)})
    assert (answer.status_code, Comment.objects.count()) == (409, 0)


def test_a_link_in_the_wrong_hands_fills_no_database(client: Any) -> None:
    address, article = guest_page()
    link = article.guest_links.get()
    Comment.objects.bulk_create(
        Comment(article=article, text=f"No. {number}", link=link, at=NOW) for number in range(MOST_COMMENTS)
    )
    answer = client.post(address, {"do": "comment", "text": "One more."})
    assert (answer.status_code, link.comments.count()) == (409, MOST_COMMENTS)


def test_a_text_is_cleaned_once_however_many_saves_it_is_held_against(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    article, writer = draft(at=timezone.now()), person(EDITOR)
    for number in range(20):
        edit(article, writer, headline=f"No. {number}", at=timezone.now())
    read: list[str] = []

    def clean(body: str) -> str:
        read.append(body)
        return sanitize_body(body)

    monkeypatch.setattr(editorial.typed, "sanitize_body", clean)
    fields = typed_in(article, body="<p>Words nobody saved.</p>")
    assert say(browser_of(writer), article, base=1, fields=fields).status_code == 200
    assert read.count("<p>Words nobody saved.</p>") == 1


def test_no_story_is_buried_under_comments() -> None:
    article, editor = draft(), person(EDITOR)
    Comment.objects.bulk_create(
        Comment(article=article, text="Hm.", by=editor, at=NOW) for _ in range(MOST_OPEN)
    )
    with pytest.raises(CannotComment, match="settle some"):
        add_comment(article=article, text="One more.", by=editor, at=NOW)
    resolve_comment(comment=article.comments.all()[0], by=editor, at=NOW)
    add_comment(article=article, text="One more.", by=editor, at=NOW)
    assert article.comments.count() == MOST_OPEN + 1


def test_a_suggestion_is_no_book_either() -> None:
    article, editor = draft(), person(EDITOR)
    with pytest.raises(CannotComment, match="characters at most"):
        add_comment(
            article=article, text="", by=editor, at=NOW, quote="turned", replacement="x" * (LONGEST_QUOTE + 1)
        )


def test_a_tab_of_nonsense_loses_no_text() -> None:
    writer = person(WRITER)
    article = draft(writer, at=timezone.now())
    client = browser_of(writer)
    assert say(client, article, tab="a\0b", fields=typed_in(article, headline="Kept")).status_code == 400
    edit(article, person(EDITOR), headline="Theirs", at=timezone.now())
    answer = client.post(page_of(article), form_in(article, tab="a", base=1, headline="Mine"))
    assert "/merge/" in answer.headers["Location"]


@pytest.mark.parametrize(
    "address",
    ["admin/desk/stories/?q=", "admin/desk/pictures/?q=", "admin/articles/article/?state__exact=", "?q="],
)
def test_a_question_that_no_database_takes_is_refused(address: str) -> None:
    assert browser_of(person(EDITOR)).get(f"/{address}a%00b").status_code == 400


# What one is not to see


@pytest.mark.parametrize("role", [SUPPORT, WRITER])
def test_the_admins_way_to_the_site_tells_no_address_of_a_story_out_of_sight(role: str) -> None:
    hidden = draft(at=timezone.now(), slug="minister-to-resign")
    public = story(State.PUBLISHED, at=timezone.now(), slug="tide-mill")
    kind, client = ContentType.objects.get_for_model(Article).pk, browser_of(person(role, "x@example.com"))
    assert client.get(f"/admin/r/{kind}/{hidden.pk}/").status_code == 404
    assert client.get(f"/admin/r/{kind}/{public.pk}/").headers["Location"].endswith("/articles/tide-mill/")


@pytest.mark.parametrize("address", ["/admin/desk/stories/?q=resign", "/admin/articles/article/?q=resign"])
def test_no_search_of_the_desk_finds_a_story_out_of_sight(address: str) -> None:
    draft(at=timezone.now(), headline="Minister to Resign at noon", slug="minister")
    found = {role: "to Resign" in browser_of(person(role)).get(address).text for role in (WRITER, EDITOR)}
    assert found == {WRITER: False, EDITOR: True}


# What is deleted


def test_the_trail_says_who_deleted_a_story() -> None:
    article, publisher = draft(headline="Gone tomorrow"), person(PUBLISHER)
    address = f"/admin/articles/article/{article.pk}/delete/"
    browser_of(publisher).post(address, {"post": "yes"})
    assert not Article.objects.exists()
    entry = AuditEntry.objects.get(action="delete story")
    assert (entry.by, entry.target_label, entry.from_state) == (publisher, "Gone tomorrow", State.DRAFT)


def test_a_held_story_is_not_deleted() -> None:
    article, publisher = draft(), person(PUBLISHER)
    place_hold(article=article, by=None, at=NOW, reason="The lender sues.")
    browser_of(publisher).post(f"/admin/articles/article/{article.pk}/delete/", {"post": "yes"})
    assert Article.objects.get() == article


# At the same moment


@pytest.mark.django_db(transaction=True)
@pytest.mark.usefixtures("staff")
def test_two_publish_at_once_and_one_is_told_that_it_is_done() -> None:
    article = story(State.APPROVED)
    publisher = person(PUBLISHER)

    def publish() -> None:
        publish_article(article=Article.objects.get(pk=article.pk), by=publisher, at=NOW)

    raised = together(publish, publish, publish)
    assert [type(error) for error in raised] == [CannotMove, CannotMove]
    assert AuditEntry.objects.filter(action="publish story").count() == 1


@pytest.mark.django_db(transaction=True)
@pytest.mark.usefixtures("staff")
def test_one_person_approving_twice_at_once_is_one_approval() -> None:
    path(("Editing", EDITOR, 2))
    article, editor = story(State.IN_REVIEW), person(EDITOR)

    def approve() -> None:
        approve_article(article=Article.objects.get(pk=article.pk), by=editor, at=NOW)

    assert [type(error) for error in together(approve, approve, approve)] == [CannotMove, CannotMove]
    assert (state_of(article), article.reviews.count()) == (State.IN_REVIEW, 1)


@pytest.mark.django_db(transaction=True)
@pytest.mark.usefixtures("staff")
def test_a_hold_and_a_publication_at_once_end_held_or_public_and_never_in_between() -> None:
    article, publisher = story(State.APPROVED), person(PUBLISHER)
    raised = together(
        lambda: publish_article(article=Article.objects.get(pk=article.pk), by=publisher, at=NOW),
        lambda: place_hold(article=Article.objects.get(pk=article.pk), by=publisher, at=NOW, reason="Wait."),
    )
    assert article.holds.count() == 1
    assert state_of(article) == (State.APPROVED if raised else State.PUBLISHED)


@pytest.mark.django_db(transaction=True)
@pytest.mark.usefixtures("staff")
def test_an_edit_and_an_approval_at_once_leave_no_unread_text_approved() -> None:
    article, editor = story(State.IN_REVIEW), person(EDITOR)
    other = person(EDITOR, "second@example.com", is_superuser=True)
    together(
        lambda: edit(Article.objects.get(pk=article.pk), editor, body="<p>It fell.</p>"),
        lambda: approve_article(article=Article.objects.get(pk=article.pk), by=other, at=NOW, version=1),
    )
    assert state_of(article) == State.IN_REVIEW
    assert {review.version for review in article.reviews.all()} <= {1}


@pytest.mark.django_db(transaction=True)
@pytest.mark.usefixtures("staff")
@pytest.mark.parametrize("turn", range(5))
def test_a_guest_says_two_things_at_once_while_colleagues_save_and_answer(turn: int) -> None:
    """Nobody waits for somebody who waits for them: all of it is done, or refused with a reason."""
    article, editor = story(State.IN_REVIEW), person(EDITOR)
    thread = add_comment(article=article, text="Sure?", by=editor, at=NOW, quote="turned")
    step = ReviewStep.objects.get()
    link = make_guest_link(article=article, name="Edda", by=None, at=NOW, step=step, may_review=True)
    raised = together(
        lambda: comment_as_guest(link=link, text="Hm.", at=NOW),
        lambda: review_as_guest(link=link, verdict=Verdict.APPROVED, note="", at=NOW),
        lambda: edit(Article.objects.get(pk=article.pk), editor, body="<p>Oh, it turned.</p>"),
        lambda: reply(comment=thread, text="Yes.", by=editor, at=NOW),
    )
    assert [error for error in raised if not isinstance(error, CannotMove)] == []
    assert article.comments.count() == 3


@pytest.mark.django_db(transaction=True)
@pytest.mark.usefixtures("staff")
@pytest.mark.parametrize("turn", range(3))
def test_two_stories_take_one_address_at_once_and_one_is_refused(turn: int) -> None:
    first, second, writer = draft(), draft(), person(WRITER)
    raised = together(
        lambda: edit(Article.objects.get(pk=first.pk), writer, slug="wanted"),
        lambda: edit(Article.objects.get(pk=second.pk), writer, slug="wanted"),
    )
    assert [type(error) for error in raised] == [CannotSave]
    assert Article.objects.filter(slug="wanted").count() == 1


@pytest.mark.django_db(transaction=True)
@pytest.mark.usefixtures("staff")
def test_a_plan_sent_twice_at_once_is_begun_or_refused() -> None:
    where, writer = draft().section, person(WRITER)

    def plan() -> None:
        plan_story(slugline="Tide mill", section=where, by=writer, at=NOW)

    assert {type(error) for error in together(plan, plan)} <= {CannotSave}
