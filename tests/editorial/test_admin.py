"""The writing desk in the admin: what each role sees and can press, and what a crafted request gets."""

from datetime import timedelta
from typing import Any

import pytest
from bs4 import BeautifulSoup
from django.contrib.auth.models import Group
from django.test import Client
from django.utils import timezone
from pytest_django import DjangoAssertNumQueries

from accounts.models import User
from accounts.roles import EDITOR, PUBLISHER, WRITER
from articles.models import Article, State
from editorial.actions import approve_article, publish_article, submit_article, unpublish_article
from tests.factories.articles import AuthorFactory
from tests.factories.desk import draft, section

pytestmark = pytest.mark.django_db

LIST = "/admin/articles/article/"


def browser_of(role: str) -> tuple[Client, User]:
    user = User.objects.create_user(f"{role.lower()}@example.com", is_staff=True)
    user.groups.add(Group.objects.get(name=role))
    client = Client()
    client.force_login(user)
    return client, user


def add_story(by: User | None, number: int = 0, *, up_to: str = State.DRAFT, **content: Any) -> Article:
    now = timezone.now()
    values = {"headline": f"Story {number}", "slug": f"story-{number}", "body": "<p>Some text.</p>"}
    article = draft(by, at=now, **{**values, **content})
    if up_to != State.DRAFT:
        submit_article(article=article, by=None, at=now)
    if up_to in (State.APPROVED, State.PUBLISHED):
        approve_article(article=article, by=None, at=now)
    if up_to == State.PUBLISHED:
        publish_article(article=article, by=None, at=now)
    return article


def form_of(article: Article, **changes: Any) -> dict[str, Any]:
    """The story's form as the browser would send it back."""
    fields = {
        "headline": article.headline,
        "slug": article.slug,
        "slugline": article.slugline,
        "standfirst": article.standfirst,
        "body": article.body,
        "section": article.section_id,
        "prominence": article.prominence,
        "language": article.language,
        "base": article.version,
    }
    return fields | changes


def change_url(article: Article) -> str:
    return f"{LIST}{article.pk}/change/"


def state_of(article: Article) -> str:
    return Article.objects.get(pk=article.pk).state


@pytest.mark.parametrize("number", [1, 30])
def test_the_list_costs_the_same_for_one_story_and_for_thirty(
    number: int, django_assert_num_queries: DjangoAssertNumQueries
) -> None:
    client, _ = browser_of(PUBLISHER)
    for each in range(number):
        add_story(None, each)
    client.get(LIST)  # content types are looked up once a process
    with django_assert_num_queries(9):
        page = client.get(LIST)
    assert page.context["cl"].result_count == number


def test_a_writer_sees_own_drafts_and_what_is_public() -> None:
    client, writer = browser_of(WRITER)
    own, public = add_story(writer, 1), add_story(None, 2, up_to=State.PUBLISHED)
    add_story(None, 3)
    listed = client.get(LIST).context["cl"].queryset
    assert set(listed) == {own, public}
    assert client.get(f"/admin/desk/stories/{public.pk}/preview/page/").status_code == 200


def test_a_writer_plans_writes_and_submits() -> None:
    client, writer = browser_of(WRITER)
    answer = client.post(
        "/admin/desk/begin/", {"slugline": "tide mill", "section": section().pk, "priority": 1}
    )
    article = Article.objects.get()
    assert answer["Location"] == change_url(article)
    assert (str(article), article.slug, article.state) == ("tide mill", "tide-mill", State.DRAFT)
    typed = form_of(article, headline="A tide mill", slug="", body="<p>It turned.</p>", _move="submit")
    client.post(change_url(article), typed)
    article.refresh_from_db()
    assert (article.state, article.created_by, article.slug) == (State.IN_REVIEW, writer, "a-tide-mill")


def test_a_headline_that_is_the_working_name_keeps_its_address() -> None:
    client, _ = browser_of(WRITER)
    plan = {"slugline": "tide mill", "section": section().pk, "priority": 1}
    client.post("/admin/desk/begin/", plan)
    article = Article.objects.get()
    client.post(change_url(article), form_of(article, headline="Tide mill", body="<p>It turned.</p>"))
    assert Article.objects.get().slug == "tide-mill"


@pytest.mark.parametrize("move", ["publish", "schedule", "approve", "unpublish"])
@pytest.mark.parametrize("state", [State.DRAFT, State.IN_REVIEW, State.APPROVED, State.PUBLISHED])
def test_w1_no_crafted_request_of_a_writer_moves_a_story(move: str, state: str) -> None:
    client, writer = browser_of(WRITER)
    article = add_story(writer, up_to=state)
    when = (timezone.localtime() + timedelta(hours=1)).strftime("%Y-%m-%dT%H:%M")
    request = form_of(article, _move=move, state=State.PUBLISHED, published_at="2026-01-01 10:00") | {
        "move-schedule-when": when
    }
    client.post(change_url(article), request)
    client.post(f"/admin/desk/stories/{article.pk}/move/", request)
    client.post(LIST, {"action": f"{move}_stories", "_selected_action": [article.pk]})
    assert state_of(article) == state


def test_an_editor_approves_and_a_publisher_publishes_from_the_form() -> None:
    editor, _ = browser_of(EDITOR)
    publisher, _ = browser_of(PUBLISHER)
    article = add_story(None, up_to=State.IN_REVIEW)
    editor.post(change_url(article), form_of(article, _move="approve"))
    assert state_of(article) == State.APPROVED
    publisher.post(change_url(article), form_of(article, _move="publish"))
    assert state_of(article) == State.PUBLISHED


def test_a_change_made_while_approving_is_kept_and_one_made_while_publishing_voids_the_approval() -> None:
    editor, _ = browser_of(EDITOR)
    publisher, _ = browser_of(PUBLISHER)
    article = add_story(None, up_to=State.IN_REVIEW)
    editor.post(change_url(article), form_of(article, _move="approve", headline="Better"))
    article.refresh_from_db()
    assert (article.state, article.headline) == (State.APPROVED, "Better")

    answer = publisher.post(
        change_url(article), form_of(article, _move="publish", headline="Sneaky"), follow=True
    )
    assert state_of(article) == State.IN_REVIEW
    assert "What you wrote is saved." in answer.text


@pytest.mark.parametrize("role", [WRITER, EDITOR, PUBLISHER])
def test_whoever_may_change_a_story_sets_its_byline_in_its_order(role: str) -> None:
    client, person = browser_of(role)
    article = add_story(person)
    ada, ben = AuthorFactory.create(name="Ada"), AuthorFactory.create(name="Ben")
    client.post(change_url(article), form_of(article, byline=[ben.pk, ada.pk]))
    assert [byline.author for byline in article.bylines.all()] == [ben, ada]
    page = client.get(change_url(article)).text
    assert page.index(">Ben<") < page.index(">Ada<")


def test_w1_a_writer_sets_no_byline_over_a_story_that_is_out_of_hand() -> None:
    client, writer = browser_of(WRITER)
    article, ada = add_story(writer, up_to=State.IN_REVIEW), AuthorFactory.create()
    client.post(change_url(article), form_of(article, byline=[ada.pk]))
    assert article.bylines.count() == 0


def test_w3_nobody_takes_their_name_off_a_text_to_approve_it() -> None:
    client, editor = browser_of(EDITOR)
    own = AuthorFactory.create(user=editor)
    article = add_story(None, up_to=State.IN_REVIEW, authors=(own.pk,))
    page = client.post(change_url(article), form_of(article, _move="approve", byline=[]), follow=True)
    assert "Nobody approves their own text" in page.text
    client.post(f"/admin/articles/author/{own.pk}/change/", {"name": own.name, "slug": own.slug, "user": ""})
    client.post(f"/admin/desk/stories/{article.pk}/move/", {"_move": "approve"})
    assert (state_of(article), list(article.authors.all())) == (State.IN_REVIEW, [])


def test_scheduling_takes_the_newsrooms_time() -> None:
    client, _ = browser_of(PUBLISHER)
    article = add_story(None, up_to=State.APPROVED)
    local = timezone.localtime() + timedelta(days=2)
    client.post(
        change_url(article),
        form_of(article, _move="schedule") | {"move-schedule-when": local.strftime("%Y-%m-%dT%H:%M")},
    )
    article.refresh_from_db()
    assert article.state == State.SCHEDULED
    assert article.published_at == local.replace(second=0, microsecond=0)


@pytest.mark.parametrize("when", ["", "2001-01-01T10:00", "tomorrow"])
def test_scheduling_without_a_sensible_time_says_so(when: str) -> None:
    client, _ = browser_of(PUBLISHER)
    article = add_story(None, up_to=State.APPROVED)
    client.post(change_url(article), form_of(article, _move="schedule") | {"move-schedule-when": when})
    assert state_of(article) == State.APPROVED


def test_the_buttons_of_a_page_that_is_only_read_make_their_move_and_lead_back() -> None:
    client, _ = browser_of(EDITOR)
    article = add_story(None, up_to=State.APPROVED)
    publish_article(article=article, by=None, at=timezone.now(), when=timezone.now() + timedelta(days=1))
    page = BeautifulSoup(client.get(change_url(article)).text, "html.parser")
    buttons = page("button", {"name": "_move", "formaction": True})
    (address,) = {button["formaction"] for button in buttons}
    reason = {"_move": "request changes", "move-request-changes-note": "Wait for the tide."}
    assert client.post(str(address), reason).headers["Location"] == change_url(article)
    assert state_of(article) == State.CHANGES_REQUESTED


def test_a_former_address_of_another_story_is_refused_with_a_reason() -> None:
    client, _ = browser_of(PUBLISHER)
    moved = add_story(None, 1, up_to=State.PUBLISHED)
    unpublish_article(article=moved, by=None, at=timezone.now())
    client.post(change_url(moved), form_of(moved, slug="elsewhere"))
    other = add_story(None, 2)
    answer = client.post(change_url(other), form_of(other, slug="story-1"))
    assert "Another story had this address before" in answer.text


def test_a_published_story_cannot_be_deleted_and_a_draft_can() -> None:
    client, _ = browser_of(PUBLISHER)
    public, draft = add_story(None, 1, up_to=State.PUBLISHED), add_story(None, 2)
    for article in (public, draft):
        client.post(f"{LIST}{article.pk}/delete/", {"post": "yes"})
    client.post(LIST, {"action": "delete_selected", "_selected_action": [public.pk], "post": "yes"})
    assert list(Article.objects.all()) == [public]


def test_the_preview_shows_the_wall_to_a_visitor_and_all_to_a_subscriber() -> None:
    client, _ = browser_of(EDITOR)
    article = add_story(None)
    Article.objects.filter(pk=article.pk).update(
        body='<p>The free lead stands here.</p><hr class="paywall"><p>Heliotrope secret passage.</p>'
    )
    visitor = client.get(f"/admin/desk/stories/{article.pk}/preview/page/?as=visitor")
    subscriber = client.get(f"/admin/desk/stories/{article.pk}/preview/page/?as=subscriber")
    assert ("Heliotrope" in visitor.text, "Heliotrope" in subscriber.text) == (False, True)
    assert visitor["X-Robots-Tag"] == "noindex"


def test_the_desk_is_closed_to_readers() -> None:
    reader = Client()
    reader.force_login(User.objects.create_user("reader@example.com"))
    article = add_story(None)
    for url in (LIST, change_url(article), f"/admin/desk/stories/{article.pk}/preview/page/"):
        assert reader.get(url).status_code in (302, 403)
