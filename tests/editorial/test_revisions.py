"""Revisions: every save of a story, any two compared in the set text, one brought back (rules W1, W2)."""

from dataclasses import fields
from datetime import timedelta
from typing import Any

import pytest
import time_machine
from bs4 import BeautifulSoup, Tag
from django.test import Client
from pytest_django import DjangoAssertNumQueries

from accounts.models import AuditEntry, User
from accounts.roles import EDITOR, PUBLISHER, WRITER
from articles.markup.compare import compare_bodies, compare_in_passages
from articles.models import Article, State
from editorial.actions import (
    StaleSave,
    approve_article,
    kill_article,
    publish_article,
    request_changes,
    restorable,
    restore_revision,
    submit_article,
    unpublish_article,
)
from editorial.comparison import IN_PLACE, LABELS, LINES, changed_fields, compare
from editorial.content import Content, content_at
from editorial.models import Revision
from editorial.named_rows import Remains
from tests.factories.accounts import UserFactory
from tests.factories.articles import AuthorFactory, PictureFactory, TopicFactory
from tests.factories.desk import HOUR, NOW, draft, edit, person, section, story

pytestmark = pytest.mark.django_db

OPENING = "<p>The mill turned at dawn.</p>"
MIDDLE = "<p>Forty barges waited below the lock.</p>"
ENDING = "<p>Only the ledger names the lender.</p>"
TEXT = OPENING + MIDDLE + ENDING


@pytest.fixture(autouse=True)
def clock() -> Any:
    with time_machine.travel(NOW, tick=False) as traveller:
        yield traveller


@pytest.fixture
def writer() -> User:
    return person(WRITER, name="Marta Ellingsen")


def signed_in(user: User) -> Client:
    client = Client()
    client.force_login(user)
    return client


def address(article: Article, rest: str = "") -> str:
    return f"/admin/desk/stories/{article.pk}/revisions/{rest}"


def page_of(user: User, article: Article, rest: str = "", **query: str | int) -> BeautifulSoup:
    answer = signed_in(user).get(address(article, rest), query)
    assert answer.status_code == 200
    return BeautifulSoup(answer.content, "html.parser")


def words(page: BeautifulSoup | Tag, selector: str) -> list[str]:
    return [" ".join(found.get_text().split()) for found in page.select(selector)]


def messages_after(answer: Any) -> list[str]:
    return [str(message) for message in answer.context["messages"]]


def stored(article: Article) -> Article:
    return Article.objects.get(pk=article.pk)


def many_edits(article: Article, number: int) -> None:
    """Each by somebody else, and reviewed."""
    for place in range(number):
        by = person(EDITOR, f"editor-{place}@example.com")
        edit(article, by, body=f"{TEXT}<p>Round {place}.</p>", headline=f"Round {place}")
        article.reviews.create(version=article.version, verdict="approved", by=by, by_label=str(by), at=NOW)


class TestTheList:
    def test_every_save_says_who_when_and_what_it_changed(self, writer: User) -> None:
        article = draft(writer, body=TEXT)
        editor = person(EDITOR, name="Edda Korhald")
        edit(article, editor, at=NOW + HOUR, body=TEXT.replace("Forty barges", "Thirty small barges"))
        edit(article, writer, at=NOW + 2 * HOUR, headline="The lender", slug="the-lender")
        page = page_of(writer, article)
        assert words(page, ".save h3") == ["Revision 3", "Revision 2", "Revision 1"]
        assert words(page, ".save__what > p:nth-of-type(1)") == [
            "May 4, 2026, 07:30 · Marta Ellingsen · draft",
            "May 4, 2026, 06:30 · Edda Korhald · draft",
            "May 4, 2026, 05:30 · Marta Ellingsen · draft",
        ]
        assert words(page, ".save__words") == [
            "18 words no words changed; changed: headline, address",
            "18 words 2 in, 1 out",
            "17 words",
        ]

    def test_a_change_of_no_word_is_told_too(self, writer: User) -> None:
        article = draft(writer, body=TEXT)
        edit(article, writer, body=TEXT.replace("ledger", "<em>ledger</em>"))
        assert words(page_of(writer, article), ".save__change") == ["text set otherwise"]

    def test_what_readers_see_the_latest_and_the_verdicts_are_marked(self, writer: User) -> None:
        article = story(State.IN_REVIEW, writer)
        request_changes(article=article, by=person(EDITOR), at=NOW, reason="Who says so?")
        edit(article, writer, headline="He says so")
        submit_article(article=article, by=writer, at=NOW)
        approve_article(article=article, by=person(EDITOR), at=NOW)
        publish_article(article=article, by=person(PUBLISHER), at=NOW)
        edit(article, writer, headline="A second thought")
        page = page_of(writer, article)
        assert [words(save, ".save__marks li") for save in page.select(".save")] == [
            ["The latest"],
            ["What readers see", "Approved by Editor (Editing)"],
            ["Asked for changes: Editor (Editing)"],
        ]

    def test_an_unpublished_story_has_nothing_that_readers_see(self, writer: User) -> None:
        article = story(State.PUBLISHED, writer)
        assert words(page_of(writer, article), ".save__read") == ["What readers see"]
        unpublish_article(article=article, by=person(PUBLISHER), at=NOW)
        assert words(page_of(writer, article), ".save__read") == []

    def test_a_scheduled_story_is_read_from_its_minute_on_without_a_worker(self, clock: Any) -> None:
        article = story(State.SCHEDULED)
        assert words(page_of(person(EDITOR), article), ".save__read") == []
        clock.shift(HOUR)
        assert words(page_of(person(EDITOR), article), ".save__read") == ["What readers see"]

    def test_the_name_of_a_deleted_colleague_stays(self, writer: User) -> None:
        article = draft(writer)
        gone = person(EDITOR, "gone@example.com", name="Per Holm")
        edit(article, gone, headline="His last")
        gone.delete()
        assert (
            words(page_of(writer, article), ".save__what > p:nth-of-type(1)")[0].split(" · ")[1] == "Per Holm"
        )

    def test_thirty_stand_on_a_page_and_the_last_of_it_is_compared_too(self, writer: User) -> None:
        article = draft(writer, body=TEXT)
        many_edits(article, 30)
        first, second = page_of(writer, article), page_of(writer, article, page=2)
        assert [len(page.select(".save")) for page in (first, second)] == [30, 1]
        assert words(first, ".save:last-child .save__change") == ["2 in, 0 out; changed: headline"]
        assert words(second, "h3") == ["Revision 1"]
        assert second.select("#compare") == []

    @pytest.mark.parametrize("number", [1, 30])
    def test_the_page_costs_the_same_for_any_number_of_revisions(
        self, writer: User, number: int, django_assert_num_queries: DjangoAssertNumQueries
    ) -> None:
        article = draft(writer)
        many_edits(article, number)
        client = signed_in(person(EDITOR))
        client.get(address(article))
        with django_assert_num_queries(9):
            client.get(address(article))

    def test_two_are_chosen_from_the_start_what_readers_see_and_the_latest(self, writer: User) -> None:
        article = story(State.PUBLISHED, writer)
        for headline in ("Second", "Third"):
            edit(article, writer, headline=headline)
        page = page_of(writer, article)
        chosen = [(radio["name"], radio["value"]) for radio in page.select("input[type=radio][checked]")]
        assert chosen == [("new", "3"), ("old", "1")]

    def test_who_may_not_change_the_story_is_offered_neither_names_nor_restoring(self, writer: User) -> None:
        article = story(State.PUBLISHED, writer)
        edit(article, writer, headline="Second")
        other = person(WRITER, "other@example.com")
        assert len(page_of(writer, article).select("[action*='/name/'], [href*='/restore/']")) == 3
        for rest in ("", "compare/"):
            assert page_of(other, article, rest).select("[action*='/name/'], [href*='/restore/']") == []


class TestWhoSees:
    @pytest.mark.parametrize("rest", ["", "1/", "compare/", "1/restore/"])
    def test_a_colleagues_draft_is_not_there_and_visitors_are_led_to_sign_in(self, rest: str) -> None:
        article = draft(person(WRITER, "colleague@example.com"), headline="Between us")
        answer = signed_in(person(WRITER)).get(address(article, rest))
        assert (answer.status_code, b"Between us" in answer.content) == (404, False)
        for client in (Client(), signed_in(UserFactory.create())):
            assert client.get(address(article, rest)).status_code == 302

    @pytest.mark.parametrize(
        "rest", ["9/", "9/restore/", "compare/?old=1&new=9", "compare/?old=x", "compare/?old=-1"]
    )
    def test_a_revision_that_is_none_is_not_found(self, writer: User, rest: str) -> None:
        article = draft(writer)
        assert signed_in(writer).get(address(article, rest)).status_code == 404


class TestNaming:
    def test_a_revision_is_named_and_the_name_taken_away(self, writer: User) -> None:
        article, client = draft(writer), signed_in(writer)
        answer = client.post(address(article, "1/name/"), {"name": " as sent to the lawyer "}, follow=True)
        assert article.revisions.get().name == "as sent to the lawyer"
        assert messages_after(answer) == ["Revision 1 is named as sent to the lawyer."]
        client.post(address(article, "1/name/"), {"name": ""})
        assert article.revisions.get().name == ""

    @pytest.mark.parametrize("name", ["x" * 81, "nul\0"])
    def test_a_name_that_cannot_be_kept_is_refused(self, writer: User, name: str) -> None:
        article = draft(writer)
        answer = signed_in(writer).post(address(article, "1/name/"), {"name": name}, follow=True)
        assert (article.revisions.get().name, len(messages_after(answer))) == ("", 1)

    def test_who_may_not_change_the_story_is_told_so(self, writer: User) -> None:
        article, other = story(State.PUBLISHED, writer), person(WRITER, "other@example.com")
        answer = signed_in(other).post(address(article, "1/name/"), {"name": "mine"}, follow=True)
        assert messages_after(answer) == ["This story is not yours to change as it stands now."]
        assert article.revisions.get().name == ""

    def test_a_name_is_not_given_by_a_link(self, writer: User) -> None:
        assert signed_in(writer).get(address(draft(writer), "1/name/")).status_code == 405

    def test_the_way_back_leads_to_the_page_it_stands_on(self, writer: User) -> None:
        article = draft(writer)
        many_edits(article, 30)
        answer = signed_in(writer).post(address(article, "1/name/"), {"name": "first"})
        assert answer["Location"] == address(article, "?page=2#revision-1")


class TestLooking:
    def test_the_whole_page_is_shown_with_the_text_of_then_and_kept_nowhere(self, writer: User) -> None:
        article = story(
            State.PUBLISHED, writer, body=f'{OPENING}<hr class="paywall">{ENDING}', headline="Of then"
        )
        edit(article, writer, headline="Of now", body="<p>Nothing.</p>")
        answer = signed_in(person(EDITOR)).get(address(article, "1/"))
        page = BeautifulSoup(answer.content, "html.parser")
        assert words(page, "h1") == ["Of then"]
        assert words(page, ".article__body p") == [
            "The mill turned at dawn.",
            "Only the ledger names the lender.",
        ]
        assert words(page, ".message") == [
            "Revision 1, saved by Marta Ellingsen on May 4, 2026, 05:30. All revisions"
        ]
        assert answer["X-Robots-Tag"] == "noindex"
        assert {"private", "no-store"} <= set(answer["Cache-Control"].split(", "))
        assert page.select_one("meta[name=robots]")["content"] == "noindex"  # type: ignore[index]
        assert (stored(article).headline, stored(article).version) == ("Of then", 2)


class TestRestoring:
    def restore(self, user: User, article: Article, number: int = 1, **data: object) -> Any:
        given = {"base": stored(article).version, **data}
        return signed_in(user).post(address(article, f"{number}/restore/"), given, follow=True)

    def test_it_is_asked_first_and_asking_changes_nothing(self, writer: User) -> None:
        article = draft(writer, headline="First")
        edit(article, writer, headline="Second")
        page = page_of(writer, article, "1/restore/")
        assert words(page, ".revisions__follows li") == [
            (
                "Its text becomes the latest, as revision 3, under your name."
                " Every revision up to 2 stays in the list."
            ),
            "Its state stays “draft”: it goes the same way as after any other edit.",
        ]
        assert stored(article).version == 2
        answer = self.restore(writer, article)
        assert messages_after(answer) == ["The text of revision 1 is the latest, as revision 3."]
        assert (stored(article).headline, stored(article).version) == ("First", 3)
        assert article.revisions.get(number=3).note == "restored revision 1"
        assert [content_at(article, number).headline for number in (1, 2)] == [
            "First",
            "Second",
        ]

    def test_w1_a_writer_who_restores_a_once_published_text_publishes_nothing(self, writer: User) -> None:
        article = story(State.PUBLISHED, writer, headline="As published")
        edit(article, writer, headline="Second thoughts")
        publications = AuditEntry.about(article).filter(action="publish story").count()
        self.restore(writer, article)
        now = stored(article)
        assert (now.state, now.version, now.public_version) == (State.DRAFT, 3, 1)
        assert AuditEntry.about(article).filter(action="publish story").count() == publications

    def test_w1_nor_does_it_bring_a_withdrawn_story_back(self, writer: User) -> None:
        article = story(State.PUBLISHED, writer, headline="As published")
        unpublish_article(article=article, by=person(PUBLISHER), at=NOW)
        edit(article, writer, headline="Second thoughts")
        self.restore(writer, article)
        assert (stored(article).headline, stored(article).state) == ("As published", State.DRAFT)
        assert list(Article.objects.visible(at=NOW + timedelta(days=1))) == []

    def test_w2_the_question_names_the_approvals_and_the_plan_that_go(self, writer: User) -> None:
        article = draft(writer, headline="First")
        edit(article, writer, headline="Second")
        submit_article(article=article, by=writer, at=NOW)
        approve_article(article=article, by=person(EDITOR), at=NOW)
        publisher = person(PUBLISHER)
        publish_article(article=article, by=publisher, at=NOW, when=NOW + HOUR)
        assert words(page_of(publisher, article, "1/restore/"), ".revisions__follows li")[1:] == [
            "The story is taken off the schedule; it was to appear on May 4, 2026, 06:30.",
            "The approval by Editor does not hold for it: approvals are given to one text.",
            "Its state, “scheduled”, becomes “in review”: it goes the same way as after any other edit.",
        ]
        self.restore(publisher, article)
        assert (stored(article).state, stored(article).scheduled_for) == (State.IN_REVIEW, None)

    def test_the_question_says_that_readers_go_on_seeing_the_public_text(self, writer: User) -> None:
        article = story(State.PUBLISHED, writer, headline="First")
        edit(article, writer, headline="Second")
        assert words(page_of(writer, article, "1/restore/"), ".revisions__follows li")[1] == (
            "Readers go on seeing revision 1: the restored text is a working draft beside it until it is"
            " published."
        )

    def test_a_text_saved_meanwhile_asks_again(self, writer: User) -> None:
        article = draft(writer, headline="First")
        edit(article, writer, headline="Second")
        edit(article, person(EDITOR), headline="Third")
        answer = self.restore(writer, article, base=2)
        assert messages_after(answer) == [
            "Editor saved another text meanwhile. Look again before you restore."
        ]
        assert answer.redirect_chain[-1][0] == address(article, "1/restore/")
        assert stored(article).headline == "Third"
        with pytest.raises(StaleSave):
            restore_revision(article=article, number=1, by=writer, at=NOW, base=2)

    def test_others_are_refused_with_the_reason_by_page_and_by_crafted_post(self, writer: User) -> None:
        article = story(State.PUBLISHED, writer, headline="First")
        edit(article, writer, headline="Second")
        other, why = (
            person(WRITER, "other@example.com"),
            "This story is not yours to change as it stands now.",
        )
        page = page_of(other, article, "1/restore/")
        assert (words(page, ".revisions__refusal"), page.select(".revisions button")) == ([why], [])
        assert messages_after(self.restore(other, article)) == [why]
        assert stored(article).version == 2

    def test_a_killed_story_stays_as_it_is(self, writer: User) -> None:
        article = draft(writer, headline="First")
        edit(article, writer, headline="Second")
        kill_article(article=article, by=person(PUBLISHER), at=NOW, reason="Untrue.")
        why = "A story that is killed cannot be moved by “edit”."
        assert messages_after(self.restore(person(PUBLISHER), article)) == [why]
        assert stored(article).headline == "Second"

    def test_the_same_text_is_not_restored(self, writer: User) -> None:
        article = draft(writer, headline="First")
        for headline in ("Second", "First"):
            edit(article, writer, headline=headline)
        page = page_of(writer, article, "1/restore/")
        assert (page.select(".revisions__follows"), page.select(".revisions button")) == ([], [])
        answer = self.restore(writer, article)
        assert messages_after(answer) == ["The latest text is that of revision 1 already."]
        assert stored(article).version == 3


class TestRowsThatAreGone:
    """A revision names section, topics, authors and picture by key; any of them may be deleted since."""

    @pytest.fixture
    def robbed(self, writer: User) -> Article:
        lost, topics = section("lost"), [TopicFactory.create() for _ in range(3)]
        authors, picture = (
            [AuthorFactory.create(name="Ann Bell"), AuthorFactory.create(name="Per Holm")],
            PictureFactory.create(),
        )
        article = draft(
            writer,
            section=lost.pk,
            topics=tuple(topic.pk for topic in topics),
            authors=tuple(author.pk for author in authors),
            lead_picture=picture.pk,
            headline="Before",
        )
        edit(
            article, writer, section=section().pk, topics=(), authors=(), lead_picture=None, headline="After"
        )
        for row in (lost, *topics[:2], authors[0], picture):
            row.delete()
        return article

    LEFT_OUT = "its deleted section, 2 deleted topics, 1 deleted author and its deleted lead picture"

    def test_restoring_leaves_them_out_and_says_so(self, robbed: Article, writer: User) -> None:
        assert words(page_of(writer, robbed, "1/restore/"), ".revisions__follows li")[1] == (
            f"It comes back without {self.LEFT_OUT}."
        )
        answer = TestRestoring().restore(writer, robbed)
        assert messages_after(answer) == [
            f"The text of revision 1 is the latest, as revision 3 without {self.LEFT_OUT}."
        ]
        now = stored(robbed)
        assert (now.headline, now.section, now.lead_picture) == ("Before", section(), None)
        assert (now.topics.count(), [author.name for author in now.credited_authors]) == (1, ["Per Holm"])
        assert robbed.revisions.get(number=3).note == f"restored revision 1 without {self.LEFT_OUT}"

    def test_looking_shows_what_is_left(self, robbed: Article, writer: User) -> None:
        page = page_of(writer, robbed, "1/")
        assert words(page, ".article__byline") == ["By Per Holm"]
        assert f"Missing: {self.LEFT_OUT}." in words(page, ".message")[0]

    def test_comparing_names_them_by_number(self, robbed: Article, writer: User) -> None:
        page = page_of(writer, robbed, "compare/")
        before = content_at(robbed, 1)
        shown = dict(zip(words(page, ".compare__lines dt"), words(page, ".compare__lines dd"), strict=True))
        assert shown["Section"] == f"no. {before.section} (deleted) Science"
        assert shown["Byline"] == f"no. {before.authors[0]} (deleted), Per Holm"
        assert words(page, ".compare__pictures figure > p") == [
            f"Picture no. {before.lead_picture}, which was deleted",
            "No picture",
        ]

    def test_a_topic_that_only_a_working_draft_names(self, writer: User) -> None:
        topic = TopicFactory.create()
        article = story(State.PUBLISHED, writer)
        edit(article, writer, topics=(topic.pk,))
        edit(article, writer, topics=(), headline="On")
        topic.delete()
        assert restorable(article, 2).left_out == ("1 deleted topic",)
        TestRestoring().restore(writer, article, 2)
        assert content_at(article, 4).topics == ()

    def test_an_address_that_went_to_another_story(self, writer: User) -> None:
        article = draft(writer, slug="tide", headline="Before")
        edit(article, writer, slug="ebb", headline="After")
        draft(writer, slug="tide")
        TestRestoring().restore(writer, article)
        assert (stored(article).headline, stored(article).slug) == ("Before", "ebb")
        assert article.revisions.get(number=3).note == (
            "restored revision 1 without its address, which is another story's now"
        )

    def test_the_note_fits_into_its_column(self) -> None:
        longest = Remains(
            Content(),
            (
                "its deleted section",
                "120 deleted topics",
                "120 deleted authors",
                "its deleted lead picture",
                "its address, which is another story's now",
            ),
        )
        limit = Revision._meta.get_field("note").max_length
        assert limit is not None
        assert len(f"restored revision 100000 without {longest.without}") <= limit


class TestComparing:
    def test_words_are_marked_in_the_set_text(self, writer: User) -> None:
        article = draft(writer, body=TEXT, headline="Tide mill turns", standfirst="Again.")
        edit(
            article,
            writer,
            body=TEXT.replace("Forty barges", "Thirty small barges"),
            headline="Tide mill stops",
            standfirst="",
        )
        page = page_of(writer, article, "compare/", old=1, new=2)
        assert words(page, ".compare__summary strong") == [
            "2 words in, 1 out; headline and standfirst changed."
        ]
        assert str(page.select_one(".set-text h1")) == "<h1>Tide mill <del>turns</del><ins>stops</ins></h1>"
        assert words(page, ".set-text__standfirst del") == ["Again."]
        assert (words(page, ".set-text__body ins"), words(page, ".set-text__body del")) == (
            ["Thirty small"],
            ["Forty"],
        )

    def test_all_else_that_differs_is_listed(self, writer: User) -> None:
        ann, per = AuthorFactory.create(name="Ann Bell"), AuthorFactory.create(name="Per Holm")
        topics = [TopicFactory.create(name=name) for name in ("Rivers", "Mills")]
        article = draft(
            writer, authors=(ann.pk, per.pk), topics=(topics[0].pk,), dateline_place="Saldane", slug="tide"
        )
        edit(
            article,
            writer,
            authors=(per.pk, ann.pk),
            topics=tuple(topic.pk for topic in topics),
            dateline_place="Port Saldane",
            dateline_date=NOW.date(),
            dateline_source="EIRNS",
            section=section("culture").pk,
            slug="ebb",
            slugline="EBB & flow",
            language="de",
            seo_title="Ebb",
            seo_description="All of it",
            canonical_url="https://example.org/ebb",
        )
        page = page_of(writer, article, "compare/")
        lines = {line.dt.text: line.dd.decode_contents() for line in page.select(".compare__lines div")}  # type: ignore[union-attr]
        assert lines == {
            "Dateline": "<ins>Port </ins>Saldane<ins>, May 4, 2026 (EIRNS)</ins>",
            "Byline": "<ins>Per Holm</ins>, Ann Bell, <del>Per Holm</del>",
            "Section": "<del>Science</del> <ins>Culture</ins>",
            "Topics": "<ins>Mills</ins>, Rivers",
            "Address": "<del>tide</del> <ins>ebb</ins>",
            "Slugline": "<ins>EBB &amp; flow</ins>",
            "Language": "<del>en</del> <ins>de</ins>",
            "Title for search engines": "<ins>Ebb</ins>",
            "Description for search engines": "<ins>All of it</ins>",
            "Canonical address": "<ins>https://example.org/ebb</ins>",
        }

    def test_every_part_of_a_text_has_a_name_and_a_place(self) -> None:
        assert set(LABELS) == {field.name for field in fields(Content)}
        assert {*IN_PLACE, *LINES} == set(LABELS.values())

    def test_two_lead_pictures_stand_side_by_side(self, writer: User) -> None:
        quay, lock = PictureFactory.create(alt="A quay at dawn"), PictureFactory.create(alt="A lock")
        article = draft(writer, lead_picture=quay.pk)
        edit(article, writer, lead_picture=lock.pk)
        page = page_of(writer, article, "compare/")
        assert words(page, ".compare__pictures figcaption") == ["Lead picture of 1", "Lead picture of 2"]
        assert [image["alt"] for image in page.select(".compare__pictures img")] == [
            "A quay at dawn",
            "A lock",
        ]
        assert words(page, ".compare__pictures figure > p") == [
            "Alternative text: A quay at dawn",
            "Alternative text: A lock",
        ]
        assert words(page, ".compare__summary strong") == ["lead picture changed."]

    def test_a_dateline_that_stayed_opens_the_text(self, writer: User) -> None:
        article = draft(writer, body=TEXT, dateline_place="Saldane")
        edit(article, writer, headline="Other")
        page = page_of(writer, article, "compare/")
        assert words(page, ".set-text__body p")[0] == "Saldane—The mill turned at dawn."

    def test_what_is_the_same_can_be_folded_away(self, writer: User) -> None:
        article = draft(writer, body=TEXT + ENDING)
        edit(article, writer, body=TEXT.replace("dawn", "noon") + ENDING)
        whole = page_of(writer, article, "compare/")
        assert whole.select(".set-text details") == []
        assert words(whole, ".set-text p") == words(
            page_of(writer, article, "compare/", only="changes"), ".set-text p"
        )
        folded = page_of(writer, article, "compare/", only="changes")
        assert words(folded, ".set-text summary") == ["3 unchanged passages"]
        assert words(folded, ".set-text__body > p")[0] == "The mill turned at dawnnoon."
        assert folded.select_one("[aria-current]").text == "Changes only"  # type: ignore[union-attr]

    def test_links_lead_to_the_saves_around_and_the_other_way_round(self, writer: User) -> None:
        article = draft(writer)
        for headline in ("Two", "Three", "Four"):
            edit(article, writer, headline=headline)
        page = page_of(writer, article, "compare/", old=2, new=3, only="changes")
        links = {link.text: link["href"] for link in page.select(".compare__bar a")}
        assert links == {
            "← 1 to 2": "?old=1&new=2&only=changes",
            "Swap": "?old=3&new=2&only=changes",
            "3 to 4 →": "?old=3&new=4&only=changes",
            "Whole text": "?old=2&new=3",
            "Changes only": "?old=2&new=3&only=changes",
        }
        assert words(page_of(writer, article, "compare/", old=3, new=2), "h1 ins") == ["Two"]

    def test_asked_for_nothing_it_compares_the_latest_with_what_readers_see(self, writer: User) -> None:
        article = story(State.PUBLISHED, writer)
        for headline in ("Two", "Three"):
            edit(article, writer, headline=headline)
        assert self.chosen(page_of(writer, article, "compare/")) == ["1", "3"]
        assert self.chosen(page_of(writer, article, "compare/", new=3)) == ["2", "3"]
        assert self.chosen(page_of(writer, article, "compare/", old=2)) == ["2", "3"]

    def test_or_else_with_the_one_before(self, writer: User) -> None:
        article = draft(writer)
        assert self.chosen(page_of(writer, article, "compare/")) == ["1", "1"]
        for headline in ("Two", "Three"):
            edit(article, writer, headline=headline)
        assert self.chosen(page_of(writer, article, "compare/")) == ["2", "3"]

    def chosen(self, page: BeautifulSoup) -> list[str]:
        return [str(field["value"]) for field in page.select(".compare__pair [type=number]")]

    def test_what_was_typed_is_shown_and_never_run(self, writer: User) -> None:
        article = draft(writer, headline="<script>one()</script>", slugline="<b>")
        edit(
            article,
            writer,
            headline="<script>two()</script>",
            slugline="<i>",
            canonical_url="https://e.org/?<u>",
        )
        page = page_of(writer, article, "compare/")
        assert words(page, ".set-text h1") == ["<script>onetwo()</script>"]
        assert page.select(".revisions script, .compare__lines :is(b, i, u)") == []

    @pytest.mark.parametrize(
        ("before", "after", "said"),
        [
            ({}, {}, "No difference: the two texts are the same"),
            ({"body": OPENING}, {"body": OPENING + "<p>So.</p>"}, "1 word in, 0 out"),
            (
                {"body": OPENING},
                {"body": OPENING.replace("dawn", "<em>dawn</em>")},
                "no words in or out, but the text is set otherwise",
            ),
            ({"headline": "A", "slug": "a"}, {"headline": "B", "slug": "b"}, "headline and address changed"),
        ],
    )
    def test_the_summary_is_a_line(self, before: Any, after: Any, said: str) -> None:
        assert compare(Content(**before), Content(**after)).summary == said

    def test_the_parts_of_the_dateline_are_one_name(self) -> None:
        assert changed_fields(Content(), Content(dateline_place="Saldane", dateline_source="EIRNS")) == [
            "dateline"
        ]

    def test_the_passages_are_the_whole_comparison(self) -> None:
        old = f'{TEXT}<p>Said<span class="footnote">by him</span>.</p>{MIDDLE}'
        new = f'{OPENING}{ENDING}<p>Said<span class="footnote">by her</span>.</p>{MIDDLE}'
        passages = compare_in_passages(old, new)
        assert "\n".join(passage.html for passage in passages) == compare_bodies(old, new)
        assert [(passage.is_changed, passage.size) for passage in passages] == [
            (False, 1),
            (True, 1),
            (False, 1),
            (True, 1),
            (False, 1),
            (True, 1),
        ]

    @pytest.mark.parametrize("number", [1, 30])
    def test_comparing_costs_the_same_in_a_long_history(
        self, writer: User, number: int, django_assert_num_queries: DjangoAssertNumQueries
    ) -> None:
        article = draft(writer)
        many_edits(article, number)
        client = signed_in(person(EDITOR))
        client.get(address(article, "compare/"))
        with django_assert_num_queries(11):
            client.get(address(article, "compare/"))


def test_the_storys_page_leads_here_and_to_the_timeline(writer: User) -> None:
    article = draft(writer)
    page = signed_in(writer).get(f"/admin/articles/article/{article.pk}/change/").content
    links = [link["href"] for link in BeautifulSoup(page, "html.parser").select(".desk__state a")]
    desk = f"/admin/desk/stories/{article.pk}"
    assert links[1:] == [f"{desk}/readers/", address(article), f"{desk}/timeline/"]
