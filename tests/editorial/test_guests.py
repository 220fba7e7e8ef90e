"""Guests: links for people without an account, to read, comment and give a verdict (rules P7, W2, W3)."""

from datetime import timedelta
from typing import Any

import pytest
import time_machine
from bs4 import BeautifulSoup
from django.core import mail
from django.test import Client
from django.urls import reverse
from pytest_django import DjangoCaptureOnCommitCallbacks

from accounts.models import AuditEntry, User
from accounts.roles import EDITOR, PUBLISHER, WRITER
from articles.models import Access, Article, State
from editorial.actions import (
    CannotMove,
    add_comment,
    approve_article,
    kill_article,
    publish_article,
    reply,
    review_as_guest,
    submit_article,
)
from editorial.actions.guests import CannotInvite, comment_as_guest, make_guest_link, revoke_guest_link
from editorial.models import Comment, GuestLink, ReviewStep, Verdict
from editorial.queries import review_standing
from editorial.queries.guests import is_guests_turn, steps_to_vouch_for
from editorial.tokens import guest_url, read_guest_token
from tests.factories.desk import HOUR, NOW, draft, edit, path, person, story

pytestmark = pytest.mark.django_db

LAWYER = "Edda Vance"
OPENING, ENDING = "The mill turned at dawn.", "Only the ledger names the lender."
BODY = f'<p>{OPENING}</p><hr class="paywall"><p>{ENDING}</p>'


@pytest.fixture(autouse=True)
def clock() -> Any:
    with time_machine.travel(NOW, tick=False) as traveller:
        yield traveller


@pytest.fixture
def waiting() -> Article:
    """A story that an editor has approved and that waits for a look at the law."""
    path(("Editing", EDITOR, 1), ("Legal", PUBLISHER, 1))
    found = story(State.IN_REVIEW, body=BODY)
    approve_article(article=found, by=person(EDITOR), at=NOW)
    return found


def legal() -> ReviewStep:
    return ReviewStep.objects.get(name="Legal")


def invite(article: Article, *, step: ReviewStep | None = None, **values: Any) -> GuestLink:
    given = {"name": LAWYER, "by": person(PUBLISHER), "at": NOW, "may_review": True, "step": step}
    return make_guest_link(article=article, **{**given, **values})


def path_of(link: GuestLink) -> str:
    return guest_url(link).removeprefix("http://127.0.0.1:8000")


def post(link: GuestLink, client: Client | None = None, **data: Any) -> Any:
    """Past the check of the CSRF token, as from a browser: `Client` leaves it out only when asked."""
    return (client or Client(enforce_csrf_checks=True)).post(path_of(link), data)


def page_of(link: GuestLink) -> BeautifulSoup:
    answer = Client().get(path_of(link))
    assert answer.status_code == 200
    return BeautifulSoup(answer.content, "html.parser")


def words(page: BeautifulSoup, selector: str) -> list[str]:
    return [" ".join(found.get_text().split()) for found in page.select(selector)]


class TestInviting:
    def test_a_link_opens_for_a_week_unless_it_is_said_otherwise(self) -> None:
        article = draft()
        assert invite(article).expires_at == NOW + timedelta(days=7)
        assert invite(article, days=60).expires_at == NOW + timedelta(days=60)

    @pytest.mark.parametrize("days", [0, 61, -3])
    def test_it_opens_for_a_day_at_least_and_sixty_at_most(self, days: int) -> None:
        with pytest.raises(CannotInvite, match="1 to 60 days"):
            invite(draft(), days=days)

    def test_it_names_its_guest(self) -> None:
        with pytest.raises(CannotInvite, match="whom the link is for"):
            invite(draft(), name="  ")

    def test_writers_cannot_invite(self) -> None:
        writer = person(WRITER)
        with pytest.raises(CannotInvite, match="Your role"):
            invite(draft(writer), by=writer)
        assert GuestLink.objects.count() == 0

    def test_a_killed_story_is_shown_to_nobody(self) -> None:
        article = draft()
        kill_article(article=article, by=None, at=NOW, reason="Untrue.")
        with pytest.raises(CannotInvite, match="killed"):
            invite(article)

    def test_the_trail_says_whom_and_for_what(self, waiting: Article) -> None:
        link = invite(waiting, step=legal(), email="edda@law.example")
        revoke_guest_link(link=link, by=person(PUBLISHER), at=NOW)
        trail = AuditEntry.about(waiting).filter(action__contains="guest").order_by("pk")
        assert [(entry.action, entry.by, entry.reason) for entry in trail] == [
            ("invite guest to story", person(PUBLISHER), "Edda Vance, for 7 days: Legal"),
            ("revoke guest link of story", person(PUBLISHER), "Edda Vance"),
        ]

    def test_w3_a_review_is_passed_on_only_by_whoever_could_make_it(self, waiting: Article) -> None:
        with pytest.raises(CannotInvite, match="The Legal is not yours to make"):
            invite(waiting, step=legal(), by=person(EDITOR))
        assert steps_to_vouch_for(waiting, person(EDITOR)) == [ReviewStep.objects.get(name="Editing")]

    def test_w3_no_author_has_a_guest_approve_their_text(self) -> None:
        publisher = person(PUBLISHER)
        path(("Legal", PUBLISHER, 1))
        article = story(State.IN_REVIEW, by=publisher)
        with pytest.raises(CannotInvite):
            invite(article, step=legal(), by=publisher)
        assert steps_to_vouch_for(article, publisher) == []

    def test_where_two_are_needed_nobody_who_changed_the_text_passes_its_review_on(self) -> None:
        path(("Legal", PUBLISHER, 1), needs_two_people=True)
        article = story(State.IN_REVIEW)
        edit(article, person(PUBLISHER), headline="A second thought")
        with pytest.raises(CannotInvite):
            invite(article, step=legal())

    def test_the_letter_goes_out_on_commit_with_the_address_and_nothing_of_the_story(
        self,
        waiting: Article,
        settings: Any,
        django_capture_on_commit_callbacks: DjangoCaptureOnCommitCallbacks,
    ) -> None:
        settings.EMAIL_BACKEND = "django.core.mail.backends.locmem.EmailBackend"
        with django_capture_on_commit_callbacks(execute=True):
            link = invite(waiting, step=legal(), email="edda@law.example")
            assert mail.outbox == []
        (letter,) = mail.outbox
        assert (letter.to, letter.subject) == (["edda@law.example"], "A text for you to review, from EIR")
        html = str(letter.alternatives[0][0])  # type: ignore[union-attr]  # ours always have a second part
        for part in (str(letter.body), html):
            assert guest_url(link) in part
            assert LAWYER in part
            assert waiting.headline not in part
        assert "May 11, 2026, 5:30 a.m. EDT" in str(letter.body)

    def test_without_an_address_nothing_is_mailed(
        self, django_capture_on_commit_callbacks: DjangoCaptureOnCommitCallbacks
    ) -> None:
        with django_capture_on_commit_callbacks() as callbacks:
            invite(draft())
        assert callbacks == []


class TestAddress:
    def test_it_names_its_link_and_cannot_be_guessed(self) -> None:
        link = invite(draft())
        token = path_of(link).split("/")[2]
        assert read_guest_token(token) == link
        forged = (f"{link.pk}", f"{link.pk}.", f"{link.pk + 1}.{token.split('.')[1]}", token[:-1], "x")
        assert [read_guest_token(wrong) for wrong in forged] == [None] * 5

    @pytest.mark.parametrize("how", ["expired", "revoked", "killed", "forged", "deleted"])
    def test_what_does_not_open_says_so_calmly_and_shows_nothing(self, how: str) -> None:
        article = draft(body=BODY)
        link = invite(article)
        address = path_of(link)
        if how == "expired":
            GuestLink.objects.update(expires_at=NOW)
        elif how == "revoked":
            revoke_guest_link(link=link, by=person(EDITOR), at=NOW)
        elif how == "killed":
            kill_article(article=article, by=None, at=NOW, reason="Untrue.")
        elif how == "forged":
            address = address[:-2] + "/"
        else:
            link.delete()
        for answer in (
            Client().get(address),
            Client().post(address, {"do": "comment", "text": "Let me in."}),
        ):
            assert answer.status_code == (404 if how in ("forged", "deleted") else 410)
            assert "This link does not open anything now" in answer.text
            assert [mark for mark in (article.headline, OPENING, LAWYER) if mark in answer.text] == []
            assert (answer["Cache-Control"], answer["Referrer-Policy"]) == (
                "private, no-store",
                "no-referrer",
            )
        assert Comment.objects.count() == 0

    def test_it_opens_until_its_very_end(self, clock: time_machine.Traveller) -> None:
        link = invite(draft())
        clock.move_to(link.expires_at - timedelta(seconds=1))
        assert Client().get(path_of(link)).status_code == 200
        clock.move_to(link.expires_at)
        assert Client().get(path_of(link)).status_code == 410

    def test_a_link_closed_twice_is_closed_once(self) -> None:
        link = invite(draft())
        for moment in (NOW, NOW + HOUR):
            revoke_guest_link(link=link, by=person(EDITOR), at=moment)
        assert link.revoked_at == NOW
        assert AuditEntry.objects.filter(action="revoke guest link of story").count() == 1


class TestReading:
    def test_the_guest_reads_the_latest_text_whole(self) -> None:
        article = story(State.PUBLISHED, body=BODY)
        link = invite(article)
        edit(article, person(EDITOR), headline="The Mill Stands Still", body=BODY.replace("dawn", "dusk"))
        page = page_of(link)
        assert words(page, "h1") == ["The Mill Stands Still"]
        assert words(page, ".prose p") == ["The mill turned at dusk.", ENDING]
        assert page.select("#wall") == []

    def test_it_says_whom_it_is_for_and_until_when(self) -> None:
        (banner,) = words(page_of(invite(draft())), ".message")
        assert banner.startswith(f"For {LAWYER}. This text is not published: please keep it to yourself.")
        assert "It opens until May 11, 2026, 5:30 a.m. EDT." in banner

    def test_p7_the_address_goes_nowhere(self) -> None:
        link = invite(draft(body=BODY))
        answer = Client().get(path_of(link))
        headers = ("Cache-Control", "Referrer-Policy", "X-Robots-Tag")
        assert [answer[name] for name in headers] == ["private, no-store", "no-referrer", "noindex, nofollow"]
        assert dict(answer.cookies) == {}
        page = BeautifulSoup(answer.content, "html.parser")
        token = path_of(link).split("/")[2]
        assert token not in str(page)
        assert page.select('link[rel="canonical"], meta[property], script[type="application/ld+json"]') == []
        public = [
            Client().get(path).text for path in ("/", "/rss.xml", "/sitemap.xml", "/sitemap-stories.xml")
        ]
        assert [text for text in public if token in text or link.article.headline in text] == []
        assert "Disallow: /review/" in Client().get("/robots.txt").text.splitlines()

    def test_who_may_only_read_is_asked_nothing(self) -> None:
        link = invite(draft(), may_review=False)
        assert page_of(link).select("form[method=post], textarea") == []
        assert post(link, do="comment", text="All the same.").status_code == 409
        assert Comment.objects.count() == 0

    def test_it_is_noted_when_it_was_opened_last(self, clock: time_machine.Traveller) -> None:
        link = invite(draft())
        Client().head(path_of(link))
        assert GuestLink.objects.get().seen_at is None
        Client().get(path_of(link))
        clock.shift(timedelta(seconds=59))
        Client().get(path_of(link))
        assert GuestLink.objects.get().seen_at == NOW
        clock.shift(timedelta(seconds=1))
        Client().get(path_of(link))
        assert GuestLink.objects.get().seen_at == NOW + timedelta(minutes=1)


class TestVerdict:
    def test_an_approval_counts_as_the_review_under_their_name(self, waiting: Article) -> None:
        link = invite(waiting, step=legal())
        answer = post(link, do="approve", version=waiting.version, note="Nothing to object to.")
        assert (answer.status_code, answer["Location"]) == (302, f"{path_of(link)}#verdict")
        waiting.refresh_from_db()
        assert (waiting.state, review_standing(waiting).is_complete) == (State.APPROVED, True)
        review = waiting.reviews.get(link=link)
        said = (review.by, review.by_label, review.step_name, review.note)
        assert said == (None, f"{LAWYER} (guest)", "Legal", "Nothing to object to.")
        publish_article(article=waiting, by=person(PUBLISHER), at=NOW)
        assert waiting.state == State.PUBLISHED

    def test_the_page_says_what_was_said_and_asks_again_for_a_new_text(self, waiting: Article) -> None:
        link = invite(waiting, step=legal())
        assert words(page_of(link), "#verdict button") == ["Approve", "Request changes"]
        post(link, do="approve", version=waiting.version)
        page = page_of(link)
        assert words(page, "#verdict button") == []
        assert words(page, "#verdict [role=status]") == [
            "You approved this text on May 4, 2026, 5:30 a.m. EDT. Thank you."
        ]
        edit(waiting, person(EDITOR), headline="Another headline")
        assert words(page_of(link), "#verdict [role=status], #verdict button") == []
        approve_article(article=waiting, by=person(EDITOR, "other@example.com"), at=NOW)
        assert words(page_of(link), "#verdict button") == ["Approve", "Request changes"]

    def test_asking_for_changes_needs_words_and_sends_it_back(self, waiting: Article) -> None:
        link = invite(waiting, step=legal())
        refused = post(link, do="changes", version=waiting.version, note=" ")
        assert (refused.status_code, "Say what should change." in refused.text) == (409, True)
        assert post(link, do="changes", version=waiting.version, note="Name the source.").status_code == 302
        waiting.refresh_from_db()
        assert waiting.state == State.CHANGES_REQUESTED
        assert words(page_of(link), "#verdict blockquote") == ["Name the source."]
        assert words(page_of(link), "#verdict button") == []

    def test_the_same_text_handed_in_again_waits_for_them_again(self, waiting: Article) -> None:
        link = invite(waiting, step=legal())
        post(link, do="changes", version=waiting.version, note="Name the source.")
        submit_article(article=waiting, by=person(WRITER), at=NOW)
        link.article.refresh_from_db()
        assert is_guests_turn(link, at=NOW)
        assert post(link, do="approve", version=waiting.version).status_code == 302
        waiting.refresh_from_db()
        assert waiting.state == State.APPROVED

    @pytest.mark.parametrize("verdict", ["approve", "changes"])
    def test_a_form_sent_twice_does_nothing_twice(self, waiting: Article, verdict: str) -> None:
        link = invite(waiting, step=legal())
        answers = [post(link, do=verdict, version=waiting.version, note="As I said.") for _ in range(2)]
        assert [answer.status_code for answer in answers] == [302, 302]
        assert waiting.reviews.filter(link=link).count() == 1

    @pytest.mark.parametrize("version", ["", "1", "²", "99"])
    def test_w2_no_verdict_on_a_text_that_was_not_read(self, waiting: Article, version: str) -> None:
        edit(waiting, person(EDITOR), headline="Changed while they were reading")
        approve_article(article=waiting, by=person(EDITOR, "other@example.com"), at=NOW)
        link = invite(waiting, step=legal())
        refused = post(link, do="approve", version=version, note="Typed with care.")
        assert refused.status_code == 409
        page = BeautifulSoup(refused.content, "html.parser")
        assert words(page, "[role=alert]") == [
            "The text was changed since you opened this page: please read it again."
        ]
        assert words(page, "textarea[name=note]") == ["Typed with care."]
        assert waiting.reviews.filter(link=link).count() == 0

    def test_before_its_turn_the_page_says_so_and_takes_none(self) -> None:
        path(("Editing", EDITOR, 1), ("Legal", PUBLISHER, 1))
        article = story(State.IN_REVIEW)
        link = invite(article, step=legal())
        assert words(page_of(link), "#verdict p") == [
            "The text does not wait for your review just now. Come back when the newsroom says that it does."
        ]
        assert post(link, do="approve", version=article.version).status_code == 409
        assert article.reviews.count() == 0

    def test_w3_the_link_of_someone_who_has_since_written_the_text_approves_nothing(
        self, waiting: Article
    ) -> None:
        publisher = person(PUBLISHER)
        link = invite(waiting, step=legal(), by=publisher)
        Article.objects.filter(pk=waiting.pk).update(created_by=publisher)
        with pytest.raises(CannotMove, match="can no longer answer"):
            review_as_guest(link=link, verdict=Verdict.APPROVED, note="", at=NOW, version=waiting.version)
        assert review_standing(waiting).is_complete is False

    @pytest.mark.parametrize("lost", ["role", "account"])
    def test_nor_that_of_someone_who_has_left(self, waiting: Article, lost: str) -> None:
        publisher = person(PUBLISHER)
        link = invite(waiting, step=legal(), by=publisher)
        if lost == "role":
            publisher.groups.clear()
        else:
            User.objects.filter(pk=publisher.pk).update(is_active=False)
        assert post(link, do="approve", version=waiting.version).status_code == 409
        assert waiting.reviews.filter(link=link).count() == 0

    def test_a_link_without_a_review_gives_no_verdict(self, waiting: Article) -> None:
        link = invite(waiting)
        assert page_of(link).select("#verdict") == []
        assert post(link, do="approve", version=waiting.version).status_code == 409

    def test_in_a_section_of_two_people_one_person_with_two_guests_is_one(self) -> None:
        path(("Legal", PUBLISHER, 2), needs_two_people=True)
        article = story(State.IN_REVIEW)
        for name in ("Edda Vance", "Otto Brandt"):
            post(invite(article, step=legal(), name=name), do="approve", version=article.version)
        article.refresh_from_db()
        assert (article.state, review_standing(article).people) == (State.IN_REVIEW, 1)


class TestComments:
    def test_they_comment_on_a_passage_under_their_name(self) -> None:
        link = invite(draft(body=BODY))
        post(link, do="comment", quote=f"{OPENING}\r\n\r\n{ENDING}", text="Are you sure?")
        comment = Comment.objects.get()
        assert (comment.by, comment.by_label, comment.link, comment.passage) == (None, LAWYER, link, (0, 58))
        page = page_of(link)
        assert words(page, ".guest__threads blockquote") == [f"{OPENING}{ENDING}"]
        assert words(page, ".guest__threads li > div") == ["Are you sure?"]

    def test_the_same_words_twice_count_once(self) -> None:
        link = invite(draft(body=BODY))
        for _ in range(2):
            assert post(link, do="comment", quote=OPENING, text="Are you sure?").status_code == 302
        thread = Comment.objects.get()
        for _ in range(2):
            assert post(link, do="reply", thread=thread.pk, text="I mean it.").status_code == 302
        assert [comment.text for comment in thread.replies.all()] == ["I mean it."]

    def test_they_see_their_own_threads_with_the_answers_and_no_others(self) -> None:
        article = draft(body=BODY)
        link, other = invite(article), invite(article, name="Otto Brandt")
        editor = person(EDITOR, "mara@example.com")
        User.objects.filter(pk=editor.pk).update(name="")
        add_comment(article=article, text="Between us: is she any good?", by=editor, at=NOW)
        comment_as_guest(link=other, text="A word from Otto.", at=NOW)
        comment_as_guest(link=link, text="A word from Edda.", at=NOW)
        thread = Comment.objects.get(link=link)
        reply(comment=thread, text="Thank you.", by=User.objects.get(pk=editor.pk), at=NOW + HOUR)
        page = page_of(link)
        assert words(page, ".guest__threads li div > p") == [
            "A word from Edda.",
            "Thank you.",
            "The newsroom · May 4, 6:30 a.m.",
        ]
        kept_back = ("Between us", "Otto", "mara@example.com")
        assert [mark for mark in kept_back if mark in page.get_text()] == []

    def test_they_answer_in_their_own_threads_alone(self) -> None:
        article = draft(body=BODY)
        link = invite(article)
        theirs = add_comment(article=article, text="Between us.", by=person(EDITOR), at=NOW)
        assert post(link, do="reply", thread=theirs.pk, text="I heard that.").status_code == 404
        assert theirs.replies.count() == 0

    def test_a_comment_without_words_is_refused_and_the_passage_kept(self) -> None:
        refused = post(invite(draft(body=BODY)), do="comment", quote=OPENING, text="  ")
        page = BeautifulSoup(refused.content, "html.parser")
        assert (refused.status_code, words(page, "textarea[name=quote]")) == (409, [OPENING])
        assert Comment.objects.count() == 0

    def test_markup_is_shown_as_typed(self) -> None:
        link = invite(draft(body=BODY), name="<b>Edda</b>")
        post(link, do="comment", text="<script>alert(1)</script>")
        page = page_of(link)
        assert words(page, ".guest__threads li > div") == ["<script>alert(1)</script>"]
        assert page.select("b") == []


class TestAtTheDesk:
    def desk(self, user: User) -> Client:
        client = Client()
        client.force_login(user)
        return client

    def story_page(self, user: User, article: Article) -> BeautifulSoup:
        answer = self.desk(user).get(reverse("admin:articles_article_change", args=(article.pk,)))
        assert answer.status_code == 200
        return BeautifulSoup(answer.content, "html.parser")

    def test_a_publisher_makes_copies_and_closes_a_link(self, waiting: Article) -> None:
        client = self.desk(person(PUBLISHER))
        form = {"name": LAWYER, "email": "", "step": legal().pk, "days": 3}
        answer = client.post(reverse("desk:guest", args=(waiting.pk,)), form)
        link = GuestLink.objects.get()
        assert answer["Location"] == reverse("admin:articles_article_change", args=(waiting.pk,))
        made = (link.may_review, link.step, link.created_by, link.expires_at)
        assert made == (True, legal(), person(PUBLISHER), NOW + timedelta(days=3))
        page = self.story_page(person(PUBLISHER), waiting)
        assert [field["value"] for field in page.select(".guest input")] == [guest_url(link)]
        address = reverse("desk:guest_revoke", args=(link.pk,))
        assert client.get(address).status_code == 200
        assert GuestLink.objects.get().revoked_at is None
        client.post(address)
        assert GuestLink.objects.get().revoked_at == NOW
        page = self.story_page(person(PUBLISHER), waiting)
        assert page.select(".guest input, .guest a") == []
        assert "closed May 4, 05:30" in words(page, ".guest")[0]

    def test_w3_the_address_that_approves_is_not_shown_to_the_author(self) -> None:
        path(("Legal", PUBLISHER, 1))
        author = person(PUBLISHER, "author@example.com")
        article = story(State.IN_REVIEW, by=author)
        link = invite(article, step=legal(), by=person(PUBLISHER, "colleague@example.com"))
        for reader in (author, person(EDITOR), person(WRITER)):
            answer = self.desk(reader).get(reverse("admin:articles_article_change", args=(article.pk,)))
            assert path_of(link) not in answer.content.decode()

    def test_writers_see_the_guests_of_their_story_and_cannot_add_any(self) -> None:
        article = draft(person(WRITER))
        invite(article, by=person(EDITOR))
        page = self.story_page(person(WRITER), article)
        assert len(page.select(".guest")) == 1
        assert page.select(".guests a, .guest input") == []
        client = self.desk(person(WRITER))
        assert client.get(reverse("desk:guest", args=(article.pk,))).status_code == 403
        assert (
            client.post(reverse("desk:guest_revoke", args=(GuestLink.objects.get().pk,))).status_code == 403
        )

    def test_the_form_offers_only_reviews_that_are_theirs_to_pass_on(self, waiting: Article) -> None:
        client = self.desk(person(EDITOR))
        page = BeautifulSoup(client.get(reverse("desk:guest", args=(waiting.pk,))).content, "html.parser")
        assert words(page, "select[name=step] option") == [
            "No review: they only look, or comment",
            "Editing",
        ]
        form = {"name": LAWYER, "step": legal().pk, "days": 3}
        assert client.post(reverse("desk:guest", args=(waiting.pk,)), form).status_code == 200
        assert GuestLink.objects.count() == 0

    def test_a_letter_that_cannot_be_sent_leaves_the_link(
        self, waiting: Article, settings: Any, django_capture_on_commit_callbacks: Any
    ) -> None:
        settings.EMAIL_BACKEND = "django.core.mail.backends.smtp.EmailBackend"
        settings.EMAIL_HOST, settings.EMAIL_PORT = "127.0.0.1", 9
        form = {"name": LAWYER, "email": "edda@law.example", "days": 3}
        with (
            pytest.raises(OSError, match="refused"),
            django_capture_on_commit_callbacks(execute=True),
        ):
            self.desk(person(PUBLISHER)).post(reverse("desk:guest", args=(waiting.pk,)), form)
        assert GuestLink.objects.count() == 1


class TestPreview:
    def test_each_reader_sees_their_own_page(self) -> None:
        article = draft(person(WRITER), body=BODY, settings={"access": Access.SUBSCRIBERS})
        client = Client()
        client.force_login(person(WRITER))
        address = reverse("desk:preview_page", args=(article.pk,))
        seen = {
            kind: client.get(f"{address}?as={kind}").text for kind in ("visitor", "registered", "subscriber")
        }
        assert {kind: ENDING in text for kind, text in seen.items()} == {
            "visitor": False,
            "registered": False,
            "subscriber": True,
        }
        greeted = {
            kind: words(BeautifulSoup(text, "html.parser"), ".masthead__account a")
            for kind, text in seen.items()
        }
        assert greeted == {
            "visitor": ["Search", "Sign in", "Subscribe"],
            "registered": ["Search", "Your account", "Subscribe"],
            "subscriber": ["Search", "Your account"],
        }

    def test_the_frame_shows_what_is_chosen_and_leads_to_the_rest_by_links(self) -> None:
        article = draft(person(WRITER))
        client = Client()
        client.force_login(person(WRITER))
        address = reverse("desk:preview", args=(article.pk,))
        page = BeautifulSoup(client.get(f"{address}?as=visitor&on=phone").content, "html.parser")
        (frame,) = page.select("iframe")
        assert frame["src"] == f"{reverse('desk:preview_page', args=(article.pk,))}?as=visitor"
        assert [view["class"] for view in page.select(".preview__view")] == [
            ["preview__view", "preview__view--phone"]
        ]
        chosen = [link.get_text() for link in page.select(".preview__bar [aria-current]")]
        assert chosen == ["Visitor", "Phone"]
        links = [str(link["href"]) for link in page.select(".preview__bar nav a")]
        assert links[0] == "?as=subscriber&on=phone"

    def test_a_choice_that_makes_no_sense_is_the_first(self) -> None:
        article = draft(person(WRITER))
        client = Client()
        client.force_login(person(WRITER))
        page = BeautifulSoup(
            client.get(reverse("desk:preview", args=(article.pk,)) + "?as=king&on=moon").content,
            "html.parser",
        )
        chosen = [link.get_text() for link in page.select(".preview__bar [aria-current]")]
        assert chosen == ["Subscriber", "Desk"]

    def test_the_stories_of_others_are_not_previewed(self) -> None:
        article = draft(person(EDITOR))
        client = Client()
        client.force_login(person(WRITER))
        for name in ("desk:preview", "desk:preview_page"):
            assert client.get(reverse(name, args=(article.pk,))).status_code == 404
