"""Nothing typed is ever lost: shadow drafts, presence, and what no background job may disturb (rule W4)."""

from datetime import timedelta
from typing import Any

import pytest
from django.test import Client
from django.utils import timezone
from pytest_django import DjangoAssertNumQueries

from accounts.models import AuditEntry, User
from accounts.roles import EDITOR, PUBLISHER, SUPPORT, WRITER
from articles.models import Article, State
from editorial.actions import (
    forget_sittings,
    keep_sitting,
    place_article,
    publish_due,
    submit_article,
)
from editorial.content import head_content
from editorial.models import Revision, Sitting
from editorial.queries.sittings import never_saved
from editorial.tasks import forget_sittings as forget_sittings_task
from editorial.typed import is_news, read_typed, typed_of
from tests.editorial.writing import form_in, page_of, say, sitting_of, typed_in
from tests.factories.desk import browser_of, draft, edit, person, story

pytestmark = pytest.mark.django_db


@pytest.fixture
def writer() -> User:
    return person(WRITER, name="Marta Ellingsen")


@pytest.fixture
def editor() -> User:
    return person(EDITOR, name="Sven Aalto")


@pytest.fixture
def article(writer: User) -> Article:
    return draft(writer, at=timezone.now(), body="<p>The tide mill turned.</p>")


def latest(article: Article) -> str:
    return typed_in(article)["body"][0]


# Keeping


def test_what_is_typed_is_kept_and_nothing_else_moves(article: Article, writer: User) -> None:
    before = (article.changed_at, article.version, AuditEntry.objects.count())
    typed = typed_in(article, headline="Half a head", dateline_date="2026-1", section="")
    answer = say(browser_of(writer), article, fields=typed).json()
    kept = Sitting.objects.get()
    assert (kept.content, kept.user, kept.base) == (typed, writer, 1)
    assert answer["draft"]["merge"] == f"/admin/desk/stories/{article.pk}/merge/{kept.pk}/"
    article.refresh_from_db()
    assert (article.changed_at, article.version, AuditEntry.objects.count()) == before
    assert Revision.objects.count() == 1


def test_a_heartbeat_keeps_what_was_typed_and_an_undone_change_clears_it(
    article: Article, writer: User
) -> None:
    client = browser_of(writer)
    say(client, article, fields=typed_in(article, headline="Kept"))
    say(client, article)
    assert Sitting.objects.get().content["headline"] == ["Kept"]  # type: ignore[index]
    assert say(client, article, fields={}).json()["draft"] is None
    assert Sitting.objects.get().content is None


@pytest.mark.parametrize(
    ("given", "kept"),
    [
        ({"headline": "plain", "password": ["secret"]}, {"headline": ["plain"]}),
        ({"body": [None, 3, {"a": 1}]}, {"body": ["", "3", "{'a': 1}"]}),
        ({"headline": ["nul\0"]}, {"headline": ["nul"]}),
        (["headline"], {}),
        ("headline", {}),
        (None, {}),
    ],
)
def test_whatever_a_browser_says_is_read_without_fail(given: object, kept: dict[str, Any]) -> None:
    assert read_typed(given) == kept


@pytest.mark.parametrize(
    "said",
    [
        "",
        "[]",
        "7",
        '{"tab": "a"}',
        '{"tab": "", "base": 1}',
        '{"tab": "a", "base": -1}',
        '{"tab": "a", "base": 99999999999}',
        '{"tab": "a", "base": "x"}',
        "{" * 100_000,
    ],
)
def test_nonsense_is_refused_as_json(article: Article, writer: User, said: str) -> None:
    answer = browser_of(writer).post(sitting_of(article), said, content_type="application/json")
    assert (answer.status_code, answer.json()) == (400, {"error": "not understood"})
    assert not Sitting.objects.exists()


def test_more_than_two_megabytes_are_left_to_the_browser(article: Article, writer: User) -> None:
    answer = say(browser_of(writer), article, fields=typed_in(article, body="x" * 2_000_001))
    assert (answer.status_code, Sitting.objects.exists()) == (413, False)
    assert say(browser_of(writer), article, fields=typed_in(article, body="x" * 1_900_000)).status_code == 200


# Who may


def test_a_visitor_and_an_expired_login_get_json_and_no_redirect(article: Article) -> None:
    for answer in (say(Client(), article), Client().get(sitting_of(article))):
        assert (answer.status_code, answer.json()) == (401, {"error": "signed out"})


def test_readers_and_staff_of_other_rooms_are_refused(article: Article) -> None:
    reader = User.objects.create_user("reader@example.com")
    assert say(browser_of(reader), article).status_code == 401
    assert say(browser_of(person(SUPPORT)), article).status_code == 404


def test_a_story_that_is_not_mine_to_see_is_not_there(article: Article) -> None:
    stranger = person(WRITER, "other@example.com")
    assert say(browser_of(stranger), article, fields=typed_in(article)).status_code == 404
    assert browser_of(stranger).get(sitting_of(article)).status_code == 404
    assert not Sitting.objects.exists()


def test_who_may_only_look_is_present(writer: User, editor: User) -> None:
    public = story(State.PUBLISHED, at=timezone.now() - timedelta(hours=1))
    looking = person(WRITER, "other@example.com", name="Nora Lind")
    say(browser_of(looking), public)
    assert [each["name"] for each in say(browser_of(editor), public).json()["others"]] == ["Nora Lind"]


def test_a_forged_request_keeps_nothing(article: Article, writer: User) -> None:
    client = browser_of(writer, enforce_csrf_checks=True)
    assert say(client, article, fields=typed_in(article, headline="Forged")).status_code == 403
    assert not Sitting.objects.exists()


def test_after_signing_in_again_the_open_page_gets_a_token_that_works(article: Article, writer: User) -> None:
    client = browser_of(writer, enforce_csrf_checks=True)
    fresh = client.get(sitting_of(article)).json()
    said = {"tab": "a", "base": 1, "fields": typed_in(article, headline="Mine")}
    answer = client.post(
        sitting_of(article), said, content_type="application/json", headers={"X-CSRFToken": fresh["token"]}
    )
    assert (answer.status_code, fresh["user"]) == (200, writer.pk)
    assert Sitting.objects.get().content["headline"] == ["Mine"]  # type: ignore[index]


# Presence


def test_others_are_named_while_they_are_there_and_never_what_they_typed(
    article: Article, writer: User, editor: User
) -> None:
    say(browser_of(editor), article, tab="b", fields=typed_in(article, headline="Secret plans"))
    answer = say(browser_of(writer), article)
    since = timezone.localtime(Sitting.objects.get(user=editor).opened_at)
    assert answer.json()["others"] == [{"name": "Sven Aalto", "since": f"{since:%H:%M}", "is_typing": True}]
    assert "Secret" not in answer.text
    Sitting.objects.update(seen_at=timezone.now() - timedelta(seconds=46))
    assert say(browser_of(writer), article).json()["others"] == []


def test_leaving_ends_presence_at_once_and_keeps_what_is_unsaved(article: Article, editor: User) -> None:
    client = browser_of(editor)
    say(client, article, tab="a", is_leaving=True)
    say(client, article, tab="b", is_leaving=True, fields=typed_in(article, headline="Last words"))
    assert [each.tab for each in Sitting.objects.all()] == ["b"]


def test_the_page_is_told_of_a_text_saved_meanwhile(article: Article, writer: User, editor: User) -> None:
    client = browser_of(writer)
    assert say(client, article).json()["latest"] is None
    edit(article, editor, at=timezone.now(), headline="Newer")
    told = say(client, article).json()["latest"]
    assert (told["number"], told["by"], told["is_own"]) == (2, "Sven Aalto", False)
    assert say(client, article, base=2).json()["latest"] is None


@pytest.mark.parametrize("others", [0, 1, 30])
def test_a_heartbeat_costs_six_queries(
    article: Article, editor: User, others: int, django_assert_num_queries: DjangoAssertNumQueries
) -> None:
    for number in range(others):
        colleague = person(EDITOR, f"editor-{number}@example.com")
        keep_sitting(article=article, user=colleague, tab="t", base=1, content=None, at=timezone.now())
    client = browser_of(editor)
    say(client, article)
    with django_assert_num_queries(6):  # who, two for what they may, the story, the beat, who else
        say(client, article)


# Saving clears, and its latecomers do not come back


def test_a_save_clears_the_shadow_of_its_own_tab_only(article: Article, writer: User) -> None:
    client = browser_of(writer)
    for tab in ("tab-1", "tab-2"):
        say(client, article, tab=tab, fields=typed_in(article, headline=f"From {tab}"))
    client.post(page_of(article), form_in(article, headline="From tab-1"))
    assert [each.tab for each in Sitting.objects.filter(content__isnull=False)] == ["tab-2"]


def test_an_autosave_that_arrives_after_the_save_is_old(article: Article, writer: User) -> None:
    client = browser_of(writer)
    client.post(page_of(article), form_in(article, headline="Whole"))
    late = say(client, article, base=1, fields=typed_in(article, headline="Who"))
    assert late.json()["draft"] is None
    assert never_saved(article, writer) == []


def test_what_was_saved_already_is_never_offered_again(article: Article, writer: User, editor: User) -> None:
    typed = typed_in(article, headline="Mine, saved")
    edit(article, writer, at=timezone.now(), headline="Mine, saved")
    edit(article, editor, at=timezone.now(), headline="Theirs, later")
    answer = say(browser_of(writer), article, tab="found-in-the-browser", base=1, fields=typed)
    assert answer.json()["draft"] is None


def test_what_a_save_and_colleagues_made_of_other_fields_is_no_news_of_mine(
    article: Article, writer: User, editor: User
) -> None:
    typed = typed_in(article, headline="Mine, saved")
    edit(article, writer, at=timezone.now(), headline="Mine, saved", slug="made-while-saving")
    edit(article, editor, at=timezone.now(), standfirst="Theirs.")
    answer = say(browser_of(writer), article, tab="found-in-the-browser", base=1, fields=typed)
    assert answer.json()["draft"] is None
    edited = typed | {"dateline_place": ["KIRKVIK"]}
    assert say(browser_of(writer), article, tab="another", base=1, fields=edited).json()["draft"]


def test_what_is_typed_while_the_save_is_under_way_stays(article: Article, writer: User) -> None:
    client = browser_of(writer)
    longer = typed_in(article, headline="Whole and more")
    say(client, article, tab="tab-1+", fields=longer)
    client.post(page_of(article), form_in(article, headline="Whole"))
    article.refresh_from_db()
    assert [each.content for each in never_saved(article, writer)] == [longer]


# Recovery


def test_the_page_offers_what_was_never_saved_to_its_own_person_only(
    article: Article, writer: User, editor: User
) -> None:
    say(browser_of(writer), article, tab="crashed", fields=typed_in(article, headline="Only in a shadow"))
    assert "You typed something" in browser_of(writer).get(page_of(article)).text
    page = browser_of(editor).get(page_of(article)).text
    assert ("Only in a shadow" in page, 'data-tab="crashed"' in page) == (False, False)


def test_identical_text_is_not_worth_a_word(article: Article, writer: User) -> None:
    same = typed_in(article, body="<p>The tide mill turned.</p>\r\n", headline=f" {article.headline}")
    Sitting.objects.create(
        article=article,
        user=writer,
        tab="a",
        base=1,
        content=same,
        opened_at=timezone.now(),
        seen_at=timezone.now(),
        typed_at=timezone.now(),
    )
    assert 'data-tab="a"' not in browser_of(writer).get(page_of(article)).text


def test_discarding_is_for_ones_own_drafts(article: Article, writer: User, editor: User) -> None:
    say(browser_of(writer), article, fields=typed_in(article, headline="Mine"))
    address = f"{sitting_of(article)}{Sitting.objects.get().pk}/discard/"
    assert browser_of(editor).post(address).status_code == 404
    assert browser_of(writer).get(address).status_code == 405
    assert Client().post(address).status_code == 302
    assert Sitting.objects.exists()
    assert browser_of(writer).post(address)["Location"] == page_of(article)
    assert not Sitting.objects.exists()


# Refused saves keep the text


def test_a_story_that_went_to_review_keeps_what_its_writer_typed(article: Article, writer: User) -> None:
    form = form_in(article, body="<p>One more sentence.</p>")
    submit_article(article=article, by=writer, at=timezone.now())
    answer = browser_of(writer).post(page_of(article), form, follow=True)
    (kept,) = never_saved(article, writer)
    assert kept.content["body"] == ["<p>One more sentence.</p>"]  # type: ignore[index]
    assert answer.redirect_chain == [(page_of(article), 302)]
    assert f'href="/admin/desk/stories/{article.pk}/merge/{kept.pk}/">look at it</a>' in answer.text
    assert latest(article) == "<p>The tide mill turned.</p>"


def test_whoever_may_not_change_a_story_and_typed_nothing_is_refused_as_ever(editor: User) -> None:
    public = story(State.PUBLISHED, at=timezone.now() - timedelta(hours=1))
    stranger = browser_of(person(WRITER, "other@example.com"))
    assert stranger.post(page_of(public), form_in(public)).status_code == 403
    assert stranger.post(page_of(public), {"_save": "1"}).status_code == 403
    assert not Sitting.objects.exists()


def test_an_address_of_another_story_is_refused_and_the_page_still_holds_the_text(
    article: Article, writer: User
) -> None:
    other = draft(writer)
    form = form_in(article, slug=other.slug, headline="Held in the form")
    page = browser_of(writer).post(page_of(article), form)
    assert (page.status_code, 'value="Held in the form"' in page.text) == (200, True)
    assert ('value="tab-1"' in page.text, "data-is-refused" in page.text) == (True, True)


# No false conflicts


def test_w4_the_publish_job_placing_and_autosave_raise_no_conflict(editor: User) -> None:
    publisher = person(PUBLISHER)
    scheduled = story(State.SCHEDULED, at=timezone.now() - timedelta(hours=2))
    form = form_in(scheduled, headline="A correction")
    say(browser_of(publisher), scheduled, base=1, fields=typed_in(scheduled, headline="A cor"))
    assert publish_due(at=timezone.now()) is not None
    place_article(article=scheduled, by=publisher, at=timezone.now(), prominence=20)
    answer = browser_of(publisher).post(page_of(scheduled), form)
    assert answer["Location"] == "/admin/articles/article/"
    scheduled.refresh_from_db()
    assert head_content(scheduled).headline == "A correction"


def test_w4_the_same_form_sent_twice_is_one_revision(article: Article, writer: User) -> None:
    client, form = browser_of(writer), form_in(article, headline="Twice")
    answers = [client.post(page_of(article), form)["Location"] for _ in range(2)]
    assert answers == ["/admin/articles/article/"] * 2
    assert [each.number for each in article.revisions.all()] == [2, 1]
    assert never_saved(article, writer) == []


def test_w4_saving_again_from_the_page_that_just_saved_is_no_conflict(article: Article, writer: User) -> None:
    client = browser_of(writer)
    client.post(page_of(article), form_in(article, headline="First"))
    answer = client.post(page_of(article), form_in(article, base=1, headline="First, and more"))
    assert answer["Location"] == "/admin/articles/article/"
    assert Article.objects.get().headline == "First, and more"


def test_w4_two_tabs_of_one_person_are_a_conflict_and_both_texts_are_kept(
    article: Article, writer: User
) -> None:
    client = browser_of(writer)
    client.post(page_of(article), form_in(article, tab="one", headline="From the first"))
    answer = client.post(page_of(article), form_in(article, tab="two", base=1, headline="From the second"))
    kept = Sitting.objects.get(tab="two")
    assert answer["Location"] == f"/admin/desk/stories/{article.pk}/merge/{kept.pk}/"
    assert (Article.objects.get().headline, kept.content["headline"]) == (  # type: ignore[index]
        "From the first",
        ["From the second"],
    )


def test_w4_without_scripts_every_refused_text_is_kept_by_itself(
    article: Article, writer: User, editor: User
) -> None:
    edit(article, editor, at=timezone.now(), headline="Theirs")
    client = browser_of(writer)
    for words in ("First try", "Second try"):
        client.post(page_of(article), form_in(article, tab="", base=1, headline=words))
    kept = Sitting.objects.values_list("content__headline__0", flat=True)
    assert sorted(kept) == ["First try", "Second try"]


def test_a_stale_page_does_not_take_back_where_a_colleague_placed_the_story(
    article: Article, writer: User, editor: User
) -> None:
    opened = form_in(article, headline="Mine") | {"initial-prominence": article.prominence}
    place_article(article=article, by=editor, at=timezone.now(), prominence=20)
    browser_of(writer).post(page_of(article), opened)
    article.refresh_from_db()
    assert (article.headline, article.prominence) == ("Mine", 20)


# Clearing away


def test_presence_goes_after_a_day_and_unsaved_text_after_thirty(article: Article, writer: User) -> None:
    now = timezone.now()
    for tab, days, content in (
        ("a", 0.9, None),
        ("b", 1.1, None),
        ("c", 29, {"headline": ["Kept"]}),
        ("d", 31, {"headline": ["Gone"]}),
    ):
        seen = now - timedelta(days=days)
        Sitting.objects.create(
            article=article, user=writer, tab=tab, base=1, content=content, opened_at=seen, seen_at=seen
        )
    assert forget_sittings(at=now) == 2
    assert sorted(Sitting.objects.values_list("tab", flat=True)) == ["a", "c"]
    forget_sittings_task()
    assert Sitting.objects.count() == 2


def test_a_text_compared_with_its_own_form_is_no_news(article: Article) -> None:
    text = typed_of(head_content(article))
    assert not is_news(text, text)
    assert not is_news(text | {"slug": [""]}, text)
    assert is_news(text | {"topics": ["7"]}, text)
