"""What people at the desk are told, in the admin and by mail as they want it; who hears of a late story."""

import threading
from collections import Counter
from datetime import datetime, timedelta
from typing import Any

import pytest
import time_machine
from bs4 import BeautifulSoup
from django.core import mail
from django.db import connection
from django.test import Client
from pytest_django import DjangoAssertNumQueries

from accounts.models import User
from accounts.roles import EDITOR, PUBLISHER, SUPPORT, WRITER
from articles.models import Article, State
from editorial import tasks
from editorial.actions import (
    approve_article,
    assign_story,
    kill_article,
    publish_article,
    recall_article,
    request_changes,
    submit_article,
    tell,
)
from editorial.actions.mailing import mail_daily_notifications, mail_notifications
from editorial.actions.notifications import mark_read, set_notification_settings
from editorial.actions.overdue import tell_overdue
from editorial.models import Assignment, Notification, NotificationSetting
from editorial.queries.notifications import CLAIM_LASTS, GIVE_UP_AFTER
from tests.factories.articles import AuthorFactory
from tests.factories.desk import HOUR, NOW, browser_of, draft, path, person, story
from tests.newsletters.mail_server import MailServer

pytestmark = pytest.mark.django_db

Kind = Notification.Kind
Mail = NotificationSetting.Mail
LIST = "/admin/desk/notifications/"
SETTINGS = f"{LIST}settings/"
MINUTE = timedelta(minutes=1)


@pytest.fixture
def writer() -> User:
    return person(WRITER, name="Marta Ellingsen")


@pytest.fixture
def editor() -> User:
    return person(EDITOR, name="Edda Korhald")


@pytest.fixture
def article(writer: User) -> Article:
    return draft(writer, headline="Tide mill turns again", slugline="tide mill")


def inform(
    user: User, article: Article, number: int = 1, *, kind: Kind = Kind.CHANGES, **values: Any
) -> None:
    for each in range(number):
        tell([user], kind, article, by=None, **{"at": NOW, "text": f"Note {each + 1}.", **values})


def want(user: User, how: Mail, *kinds: Kind) -> None:
    set_notification_settings(user=user, mail=dict.fromkeys(kinds or Kind, how))


def page_of(user: User, address: str = LIST) -> BeautifulSoup:
    return BeautifulSoup(browser_of(user).get(address).content, "html.parser")


def subjects() -> list[str]:
    return [str(letter.subject) for letter in mail.outbox]


def told_to(user: User) -> list[str]:
    return [told.kind for told in Notification.objects.filter(user=user).order_by("pk")]


# Who is told what


def test_each_move_tells_those_whom_it_concerns(writer: User, editor: User) -> None:
    article = draft(writer, settings={})
    assign_story(article=article, by=editor, at=NOW, assignee=writer, brief="Who owns the mill?")
    submit_article(article=article, by=writer, at=NOW)
    request_changes(article=article, by=editor, at=NOW, reason="Who says so?")
    submit_article(article=article, by=writer, at=NOW)
    approve_article(article=article, by=editor, at=NOW)
    publish_article(article=article, by=person(PUBLISHER), at=NOW)
    kill_article(article=article, by=person(PUBLISHER), at=NOW, reason="Not our mill.")
    assert told_to(writer) == ["assigned", "changes", "approved", "published", "killed"]
    assert told_to(editor) == ["submitted", "submitted"]
    texts = Notification.objects.filter(user=writer).order_by("pk").values_list("text", flat=True)
    assert list(texts) == ["Who owns the mill?", "Who says so?", "", "", "Not our mill."]


def test_what_was_told_is_mailed_on_commit(
    article: Article, writer: User, editor: User, django_capture_on_commit_callbacks: Any
) -> None:
    with time_machine.travel(NOW, tick=False), django_capture_on_commit_callbacks(execute=True):
        submit_article(article=article, by=writer, at=NOW)
        assert mail.outbox == []
    assert [(letter.subject, letter.to) for letter in mail.outbox] == [
        ("Waits for your review: Tide mill turns again", [editor.email])
    ]


# By mail


def test_the_mail_has_the_words_and_nothing_of_the_text(writer: User, mail_server: MailServer) -> None:
    article = draft(
        writer,
        headline="Tide mill turns again",
        slugline="tide mill",
        standfirst="Nobody believed it.",
        body="<p>The sluice was shut for years.</p>",
    )
    submit_article(article=article, by=writer, at=NOW)
    Notification.objects.all().delete()
    request_changes(
        article=article,
        by=person(EDITOR, name="Edda Korhald"),
        at=NOW,
        reason="Who says so?\n<b>Call</b> them.",
    )
    assert mail_notifications(at=NOW) is True
    (message,) = mail_server.messages()
    told = Notification.objects.get()
    assert (message["To"], message["Subject"]) == (writer.email, "Changes requested: Tide mill turns again")
    assert [name for name in message if name.lower().startswith(("list-", "precedence"))] == []
    text, html = (part.get_content() for part in message.iter_parts())
    for version in (text, BeautifulSoup(html, "html.parser").get_text(" ")):
        assert all(
            words in version for words in ("Who says so?", "<b>Call</b> them.", "Edda Korhald", "tide mill")
        )
        assert not any(words in version for words in ("believed", "sluice"))
    for version in (text, html):
        assert f"http://127.0.0.1:8000{LIST}{told.pk}/" in version
        assert f"http://127.0.0.1:8000{SETTINGS}" in version


@pytest.mark.parametrize(
    ("kind", "is_named"), [(Kind.ASSIGNED, True), (Kind.OVERDUE, True), (Kind.APPROVED, False)]
)
def test_a_mail_about_time_names_it(article: Article, writer: User, kind: Kind, is_named: bool) -> None:
    assign_story(article=article, by=writer, at=NOW, due_at=NOW + 5 * HOUR)
    inform(writer, article, kind=kind)
    mail_notifications(at=NOW)
    due = "Due Monday, May 4, 2026, 10:30 a.m. EDT"
    assert (due in str(mail.outbox[0].body)) is is_named


def test_each_is_mailed_once_however_often_one_looks(article: Article, writer: User) -> None:
    inform(writer, article, 2)
    for minutes in range(3):
        mail_notifications(at=NOW + minutes * MINUTE)
    assert subjects() == ["Changes requested: Tide mill turns again"] * 2


def test_everyone_is_mailed_as_they_want(article: Article, writer: User, editor: User) -> None:
    want(writer, Mail.NEVER, Kind.CHANGES)
    want(writer, Mail.DAILY, Kind.APPROVED)
    for person_told in (writer, editor):
        for kind in (Kind.CHANGES, Kind.APPROVED, Kind.PUBLISHED):
            inform(person_told, article, kind=kind)
    mail_notifications(at=NOW)
    assert Counter((letter.to[0], letter.subject.split(":")[0]) for letter in mail.outbox) == Counter(
        {
            (writer.email, "Published"): 1,
            (editor.email, "Changes requested"): 1,
            (editor.email, "Approved"): 1,
            (editor.email, "Published"): 1,
        }
    )
    waiting = Notification.objects.filter(mailed_at=None)
    assert [(told.user, told.kind) for told in waiting] == [(writer, Kind.APPROVED)]


@pytest.mark.parametrize("lost", ["is_active", "is_staff"])
def test_who_left_is_mailed_nothing_and_nothing_waits_for_them(
    article: Article, writer: User, lost: str
) -> None:
    inform(writer, article, kind=Kind.CHANGES)
    want(writer, Mail.DAILY, Kind.APPROVED)
    inform(writer, article, kind=Kind.APPROVED)
    User.objects.filter(pk=writer.pk).update(**{lost: False})
    mail_notifications(at=NOW)
    mail_daily_notifications(at=NOW)
    User.objects.filter(pk=writer.pk).update(**{lost: True})
    mail_notifications(at=NOW + MINUTE)
    assert (mail.outbox, Notification.objects.filter(mailed_at=None).count()) == ([], 0)


def test_a_story_that_is_no_longer_theirs_to_see_is_not_mailed(article: Article, editor: User) -> None:
    former = person(WRITER, "former@example.com")
    assign_story(article=article, by=editor, at=NOW, assignee=former)
    assign_story(article=article, by=editor, at=NOW, assignee=None)
    mail_notifications(at=NOW)
    assert (mail.outbox, Notification.objects.filter(mailed_at=None).count()) == ([], 0)
    row = page_of(former).select_one(".told li")
    assert row is not None
    assert ("Tide mill" in row.text, "no longer see" in row.text) == (False, True)


def test_news_of_last_week_is_no_news(article: Article, writer: User) -> None:
    inform(writer, article, at=NOW - GIVE_UP_AFTER)
    inform(writer, article, at=NOW - GIVE_UP_AFTER + MINUTE, kind=Kind.APPROVED)
    mail_notifications(at=NOW)
    assert subjects() == ["Approved: Tide mill turns again"]
    assert Notification.objects.filter(mailed_at=None).count() == 0


# When mailing goes wrong


def test_a_worker_that_died_with_a_mail_in_hand_costs_some_minutes(article: Article, writer: User) -> None:
    inform(writer, article)
    Notification.objects.update(mail_claimed_at=NOW)
    mail_notifications(at=NOW + CLAIM_LASTS - MINUTE)
    assert mail.outbox == []
    mail_notifications(at=NOW + CLAIM_LASTS)
    assert subjects() == ["Changes requested: Tide mill turns again"]


def test_a_mail_server_that_is_down_costs_some_minutes(
    article: Article, writer: User, settings: Any, mail_server: MailServer
) -> None:
    inform(writer, article, 2)
    settings.EMAIL_PORT = 9
    assert mail_notifications(at=NOW) is False
    settings.EMAIL_PORT = mail_server.port
    for minutes in (1, 11, 12):
        mail_notifications(at=NOW + minutes * MINUTE)
    assert mail_server.recipients() == [writer.email] * 2


@pytest.mark.parametrize("step", ["at_recipient", "at_text"])
def test_a_temporary_refusal_is_tried_again_and_holds_up_nobody(
    article: Article, writer: User, editor: User, mail_server: MailServer, step: str
) -> None:
    inform(writer, article)
    inform(editor, article)
    getattr(mail_server, step)[writer.email] = "451 4.7.1 Come back later"
    assert mail_notifications(at=NOW) is False
    getattr(mail_server, step).clear()
    mail_notifications(at=NOW + MINUTE)
    assert mail_server.recipients() == [editor.email]
    mail_notifications(at=NOW + CLAIM_LASTS)
    assert mail_server.recipients() == [editor.email, writer.email]


def test_a_server_that_hangs_up_without_a_word_may_be_told_twice_but_never_not_at_all(
    article: Article, writer: User, mail_server: MailServer
) -> None:
    inform(writer, article)
    mail_server.at_text[writer.email] = "drop"
    assert mail_notifications(at=NOW) is False
    mail_server.at_text.clear()
    mail_notifications(at=NOW + CLAIM_LASTS)
    assert mail_server.recipients() == [writer.email] * 2


@pytest.mark.parametrize("step", ["at_recipient", "at_text"])
def test_a_refusal_for_good_is_the_end_of_it(
    article: Article, writer: User, mail_server: MailServer, step: str
) -> None:
    inform(writer, article)
    getattr(mail_server, step)[writer.email] = "550 5.1.1 Nobody here"
    assert mail_notifications(at=NOW) is True
    getattr(mail_server, step).clear()
    mail_notifications(at=NOW + CLAIM_LASTS)
    assert mail_server.recipients() == []


def together(act: Any, number: int = 3) -> None:
    """Several workers at once."""
    start = threading.Barrier(number)

    def run() -> None:
        start.wait()
        try:
            act()
        finally:
            connection.close()

    threads = [threading.Thread(target=run) for _ in range(number)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()


@pytest.mark.django_db(transaction=True)
def test_workers_at_once_mail_each_once(mail_server: MailServer) -> None:
    people = [person(WRITER, f"writer{number}@example.com") for number in range(4)]
    article = draft(people[0])
    for user in people:
        article.bylines.create(author=AuthorFactory.create(user=user), position=1)
        want(user, Mail.DAILY, Kind.APPROVED)
        inform(user, article)
        inform(user, article, 2, kind=Kind.APPROVED)
    mail_server.arrived.clear()
    Notification.objects.update(mailed_at=None, mail_claimed_at=None)
    mail_server.pause = 0.05
    together(lambda: mail_notifications(at=NOW))
    assert Counter(mail_server.recipients()) == Counter({user.email: 1 for user in people})
    together(lambda: mail_daily_notifications(at=NOW))
    assert Counter(mail_server.recipients()) == Counter({user.email: 2 for user in people})
    assert Notification.objects.filter(mailed_at=None).count() == 0


# Once a day


def test_once_a_day_all_that_is_new_comes_in_one_mail(article: Article, writer: User, editor: User) -> None:
    want(writer, Mail.DAILY)
    want(editor, Mail.DAILY)
    inform(writer, article, 2)
    inform(writer, article, kind=Kind.PUBLISHED, text="")
    mail_notifications(at=NOW)
    assert mail.outbox == []
    assert mail_daily_notifications(at=NOW) is True
    assert mail_daily_notifications(at=NOW) is True
    (letter,) = mail.outbox
    assert (letter.to, letter.subject) == ([writer.email], "3 notifications from the desk")
    body = str(letter.body)
    places = [body.index(words) for words in ("Note 1.", "Note 2.", "Published: Tide mill")]
    assert places == sorted(places)
    keys = Notification.objects.filter(user=writer).values_list("pk", flat=True)
    assert all(f"{LIST}{key}/" in body for key in keys)
    inform(writer, article)
    mail_daily_notifications(at=NOW + 24 * HOUR)
    assert subjects()[1:] == ["1 notification from the desk"]


def test_a_change_of_mind_holds_for_what_waits(article: Article, writer: User) -> None:
    want(writer, Mail.DAILY)
    inform(writer, article)
    inform(writer, article, kind=Kind.APPROVED)
    want(writer, Mail.NOW, Kind.CHANGES)
    want(writer, Mail.NEVER, Kind.APPROVED)
    mail_notifications(at=NOW)
    mail_daily_notifications(at=NOW)
    assert subjects() == ["Changes requested: Tide mill turns again"]


# What is late


@pytest.fixture
def late(writer: User, editor: User) -> Article:
    article = draft(editor)
    assign_story(article=article, by=editor, at=NOW, assignee=writer, due_at=NOW + HOUR)
    Notification.objects.all().delete()
    return article


def test_a_late_story_is_told_once_to_its_writer_and_its_planner(
    late: Article, writer: User, editor: User
) -> None:
    person(EDITOR, "bystander@example.com")
    assert tell_overdue(at=NOW + HOUR) == 0
    for minutes in (65, 70, 600):
        tell_overdue(at=NOW + minutes * MINUTE)
    told = Notification.objects.filter(kind=Kind.OVERDUE)
    assert {each.user for each in told} == {writer, editor}
    assert told.count() == 2


def test_another_due_time_is_told_again(late: Article, writer: User, editor: User) -> None:
    tell_overdue(at=NOW + 2 * HOUR)
    assign_story(article=late, by=editor, at=NOW + 2 * HOUR, brief="Hurry.")
    tell_overdue(at=NOW + 3 * HOUR)
    assert told_to(writer) == [Kind.OVERDUE]
    assign_story(article=late, by=editor, at=NOW + 3 * HOUR, due_at=NOW + 4 * HOUR)
    assert tell_overdue(at=NOW + 4 * HOUR) == 0
    assert tell_overdue(at=NOW + 5 * HOUR) == 1
    assert told_to(writer) == [Kind.OVERDUE] * 2


@pytest.mark.parametrize("state", [State.APPROVED, State.SCHEDULED, State.PUBLISHED])
def test_what_is_delivered_is_not_late(state: State, editor: User) -> None:
    delivered = story(state)
    assign_story(article=delivered, by=editor, at=NOW, due_at=NOW - HOUR)
    assert tell_overdue(at=NOW) == 0


def test_who_left_is_not_told_of_a_late_story(late: Article, writer: User, editor: User) -> None:
    writer.is_active = False
    writer.save()
    tell_overdue(at=NOW + 2 * HOUR)
    assert {told.user for told in Notification.objects.all()} == {editor}


@pytest.mark.django_db(transaction=True)
def test_workers_at_once_tell_of_a_late_story_once() -> None:
    writer = person(WRITER)
    for _ in range(3):
        assign_story(article=draft(writer), by=writer, at=NOW, due_at=NOW - HOUR)
    together(lambda: tell_overdue(at=NOW))
    assert told_to(writer) == [Kind.OVERDUE] * 3
    assert Assignment.objects.filter(overdue_told_at=NOW).count() == 3


# In the admin


def test_the_list_is_by_day_and_says_what_is_unread(article: Article, writer: User, editor: User) -> None:
    tell([writer], Kind.CHANGES, article, by=editor, at=NOW - 24 * HOUR, text="Who says so?\nCall them.")
    inform(writer, article, kind=Kind.APPROVED, text="")
    inform(editor, article, kind=Kind.PUBLISHED, text="Secret words.")
    mark_read(user=writer, at=NOW, only=Notification.objects.get(kind=Kind.APPROVED).pk)
    page = page_of(writer)
    days = [day.get_text(strip=True) for day in page.select(".told h2")]
    assert days == ["Monday, May 4, 2026", "Sunday, May 3, 2026"]
    rows = [row.get_text(" ", strip=True) for row in page.select(".told li")]
    title, button = "Changes requested, by Edda Korhald", "Mark as read : Changes requested, 05:30"
    assert rows == [
        "05:30 Approved Tide mill turns again tide mill",
        f"05:30 Unread {title} Tide mill turns again tide mill Who says so? Call them. {button}",
    ]
    unread = [row.get_text(" ") for row in page_of(writer, f"{LIST}?show=unread").select(".told li")]
    assert ["Changes requested" in row for row in unread] == [True]


def test_following_one_leads_to_the_story_and_marks_it_as_read(article: Article, writer: User) -> None:
    inform(writer, article, 2)
    first, second = Notification.objects.order_by("pk")
    answer = browser_of(writer).get(f"{LIST}{first.pk}/")
    assert (answer.status_code, answer["Location"]) == (302, f"/admin/articles/article/{article.pk}/change/")
    assert [n.read_at is None for n in Notification.objects.order_by("pk")] == [False, True]
    assert second.user == writer


def test_one_or_all_are_marked_as_read(article: Article, writer: User, editor: User) -> None:
    inform(writer, article, 3)
    inform(editor, article)
    first = Notification.objects.filter(user=writer).earliest("pk")
    client = browser_of(writer)
    answer = client.post(f"{LIST}read/", {"only": first.pk, "show": "unread"})
    assert answer["Location"] == f"{LIST}?show=unread"
    assert [told.pk for told in Notification.objects.exclude(read_at=None)] == [first.pk]
    client.post(f"{LIST}read/")
    assert [told.user for told in Notification.objects.filter(read_at=None)] == [editor]


def test_what_others_were_told_is_nobody_elses(article: Article, writer: User, editor: User) -> None:
    inform(editor, article)
    theirs = Notification.objects.get()
    client = browser_of(writer)
    answers = [
        client.get(f"{LIST}{theirs.pk}/"),
        client.post(f"{LIST}read/", {"only": theirs.pk}),
        client.post(f"{LIST}read/", {"only": "x"}),
    ]
    assert [answer.status_code for answer in answers] == [404, 404, 404]
    assert mark_read(user=writer, at=NOW, only=theirs.pk) == 0
    theirs.refresh_from_db()
    assert theirs.read_at is None


@pytest.mark.parametrize("address", [LIST, SETTINGS, f"{LIST}1/", f"{LIST}read/"])
def test_the_pages_are_for_staff(address: str, editor: User) -> None:
    reader = User.objects.create_user(email="reader@example.com")
    for client in (Client(), browser_of(reader)):
        for answer in (client.get(address), client.post(address)):
            assert (answer.status_code, "login" in answer["Location"]) == (302, True)


def test_a_look_does_not_change_what_is_read_but_by_its_own_address(article: Article, writer: User) -> None:
    inform(writer, article)
    client = browser_of(writer)
    assert client.get(f"{LIST}read/").status_code == 405
    client.get(LIST)
    assert Notification.objects.get().read_at is None


def test_settings_are_kept_for_each_kind_and_person(writer: User, editor: User) -> None:
    client = browser_of(writer)
    choices = dict.fromkeys(Kind.values, "now") | {"approved": "daily", "published": "never"}
    assert client.post(SETTINGS, choices)["Location"] == SETTINGS
    page = BeautifulSoup(client.get(SETTINGS).content, "html.parser")
    checked = {field["name"]: field["value"] for field in page.select("input[type=radio][checked]")}
    assert checked == choices
    assert NotificationSetting.objects.filter(user=editor).count() == 0
    client.post(SETTINGS, choices | {"approved": "never"})
    assert NotificationSetting.objects.get(user=writer, kind=Kind.APPROVED).mail == Mail.NEVER
    refused = client.post(SETTINGS, choices | {"approved": "hourly"})
    assert refused.status_code == 200
    assert NotificationSetting.objects.get(user=writer, kind=Kind.APPROVED).mail == Mail.NEVER


@pytest.mark.parametrize("number", [1, 30, 3000])
def test_the_list_costs_the_same_for_one_and_for_thousands(
    number: int, writer: User, django_assert_num_queries: DjangoAssertNumQueries
) -> None:
    stories = [draft(writer) for _ in range(min(number, 60))]
    Notification.objects.bulk_create(
        Notification(user=writer, kind=Kind.CHANGES, article=stories[each % 60], by_label="Edda", at=NOW)
        for each in range(number)
    )
    client = browser_of(writer)
    client.get(LIST)
    with django_assert_num_queries(7):
        page = client.get(LIST)
    assert len(BeautifulSoup(page.content, "html.parser").select(".told li")) == min(number, 50)
    with django_assert_num_queries(5):
        client.get(SETTINGS)


@pytest.mark.parametrize(
    ("number", "words"), [(0, ""), (1, "1 unread"), (99, "99 unread"), (100, "99+ unread")]
)
def test_the_bell_counts_what_is_unread(article: Article, writer: User, number: int, words: str) -> None:
    inform(writer, article, number)
    inform(writer, article, 1, kind=Kind.PUBLISHED)
    inform(person(EDITOR), article, 1)
    read = Notification.objects.get(user=writer, kind=Kind.PUBLISHED)
    mark_read(user=writer, at=NOW, only=read.pk)
    bell = page_of(writer, "/admin/").select_one("a.bell")
    assert bell is not None
    assert bell["href"] == LIST
    assert "".join(part.get_text() for part in bell.select(".bell__count")) == words


def test_support_has_a_bell_and_a_popup_has_none(editor: User) -> None:
    assert len(page_of(person(SUPPORT)).select("a.bell")) == 1
    popup = page_of(editor, "/admin/articles/topic/add/?_popup=1")
    assert (len(popup.select("form")) > 0, popup.select("a.bell")) == (True, [])


def test_the_clock_knows_the_tasks(article: Article, writer: User) -> None:
    want(writer, Mail.DAILY, Kind.APPROVED)
    at = datetime(2026, 5, 4, 12, 0, tzinfo=NOW.tzinfo)
    with time_machine.travel(at, tick=False):
        assign_story(article=article, by=writer, at=at, due_at=at - HOUR)
        inform(writer, article, kind=Kind.APPROVED, at=at)
        tasks.tell_overdue.delay()
        tasks.mail_notifications.delay()
        tasks.mail_daily_notifications.delay()
    assert subjects() == ["Overdue: Tide mill turns again", "1 notification from the desk"]


def test_a_recalled_text_waits_for_nobody(article: Article, writer: User) -> None:
    """Someone who sees stories only while they wait for a review."""
    path(("Legal", "Lawyers", 1))
    lawyer = person("Lawyers")
    submit_article(article=article, by=writer, at=NOW)
    recall_article(article=article, by=writer, at=NOW)
    assert told_to(lawyer) == [Kind.SUBMITTED]
    mail_notifications(at=NOW)
    assert mail.outbox == []
