"""The leak probe: silent over a site that keeps its paid text, loud over every seeded leak."""

import json
from collections.abc import Callable
from datetime import timedelta
from itertools import cycle
from types import ModuleType
from typing import Any
from urllib.parse import urlencode

import pytest
import time_machine
from django.contrib.sessions.models import Session
from django.core import mail
from django.core.management import CommandError, call_command
from django.http import HttpResponse
from django.test import Client
from django.urls import include, path, reverse
from django.utils import timezone

from accounts.models import User
from articles import feeds, paywall, structured, surfaces, tasks
from articles.actions import probes
from articles.actions.probes import look_for_leaks, published_since_probe, run_probe, stories_to_probe
from articles.actions.search_index import index_stories
from articles.models import Access, Article, GiftLink, Leak, LeakProbe, Meter, MeterRead, ReadingKey
from articles.paywall import SUBSCRIBER, Reading
from articles.probing import looking
from subscriptions.models import Grant
from tests.factories.articles import (
    NOW,
    ArticleFactory,
    AuthorFactory,
    PageFactory,
    SectionFactory,
    TopicFactory,
)
from tests.factories.newsletters import make_edition

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("clock")]

PAST = NOW - timedelta(hours=1)
SUM = "The Ministry of Weirs paid eleven thousand crowns for a bridge which nobody has ever crossed."
NOTE = "The receipt lies in drawer nineteen of the old toll house under a heavy brass weight."
ROW = "<tr><td>Grain barges at Ostrow</td><td>forty one thousand sacks</td><td>unloaded by night</td></tr>"
QUOTED = "We were told to burn the second ledger before the auditors came up the river."
LINKED = (
    'They met at <a href="https://weir.example/">the seventh lock</a> and signed without a single witness.'
)
OPENING = "<p>The lock keeper counted forty barges before noon. Then he went home.</p>"
WITHOUT_DIVIDER = "".join(
    f"<p>{text}</p>"
    for text in (
        "The river rose on Monday night.",
        "By morning it was over the quay.",
        *[f"{SUM} {QUOTED}"] * 2,
    )
)
ACCESSES = ("", Access.REGISTERED, Access.SUBSCRIBERS, Access.REGISTERED, Access.SUBSCRIBERS)
BODIES = {
    "plain": f'{OPENING}<hr class="paywall"><p>{SUM}</p>',
    "note": f'{OPENING}<hr class="paywall"><p>Short.<span class="footnote">{NOTE}</span></p>',
    "table": f'{OPENING}<hr class="paywall"><table><tbody>{ROW}</tbody></table>',
    "quote": f'{OPENING}<hr class="paywall"><blockquote class="display"><p>{QUOTED}</p></blockquote>',
    "linked": f'{OPENING}<hr class="paywall"><p>{LINKED}</p>',
    "whole": WITHOUT_DIVIDER,
}


@pytest.fixture
def publication(clock: time_machine.Traveller) -> Article:
    """One gated story of every form and access, with all that could show it; returns the plain one."""
    about: dict[str, Any] = {
        "section": SectionFactory.create(slug="money"),
        "authors": [AuthorFactory.create(slug="ann")],
        "topics": [TopicFactory.create(slug="ledgers")],
    }
    made = [
        ArticleFactory.create(slug=form, body=body, access=access, **about)
        for (form, body), access in zip(BODIES.items(), cycle(ACCESSES), strict=False)
    ]
    made.append(ArticleFactory.create(slug="free", access=Access.FREE, body="<p>Seen by all.</p>", **about))
    PageFactory.create()
    sent = {"sending_started_at": PAST, "released_at": PAST}
    make_edition(*made, day=NOW.date(), state="sent", **sent)
    index_stories(at=NOW, looks_again=True)
    return Article.objects.get(slug="plain")


@pytest.fixture
def narrow(monkeypatch: pytest.MonkeyPatch) -> Callable[..., None]:
    """Keep the look to these addresses, if the site itself names them: the others take their time."""
    real = surfaces.surfaces_of

    def only(*addresses: str) -> None:
        monkeypatch.setattr(
            looking, "surfaces_of", lambda story: [here for here in real(story) if here in addresses]
        )

    return only


def probe(*stories: Article) -> LeakProbe:
    chosen = [story.pk for story in stories] or stories_to_probe(limit=0, at=NOW)
    return run_probe(cause="A test", stories=chosen, clock=timezone.now)


def seen(found: LeakProbe) -> set[tuple[str, str]]:
    return set(found.leaks.values_list("address", "reader"))


Narrow = Callable[..., None]
EVERYONE = {"visitor", "crawler", "registered reader", "lapsed subscriber"}


@pytest.mark.timeout(600)  # some two thousand pages, on a machine that may have other work
def test_it_is_silent_over_a_publication_of_every_form_and_access(publication: Article) -> None:
    found = probe()
    assert (found.trouble, seen(found)) == ("", set())
    assert found.finished_at == NOW
    assert found.passages > len(BODIES)
    assert found.pages > 500
    assert mail.outbox == []


def test_it_leaves_nothing_behind_but_its_row_and_two_accounts_without_rights(publication: Article) -> None:
    probe(publication)
    left = (MeterRead, GiftLink, ReadingKey, Session)
    assert {model.__name__: model._default_manager.count() for model in left} == dict.fromkeys(
        (model.__name__ for model in left), 0
    )
    accounts = User.objects.filter(email__endswith=".invalid")
    assert [(user.has_usable_password(), user.is_staff, user.last_login) for user in accounts] == [
        (False, False, None)
    ] * 2
    assert set(Meter.objects.values_list("allowance", flat=True)) == {0}
    assert Grant.objects.current(at=NOW).count() == 0
    assert Grant.objects.count() == 1


def read_all(article: Article, reader: object, *, at: object) -> Reading:
    """The seed of most leaks: a surface that asks for a subscriber's text, whoever asks."""
    return paywall.read(article, SUBSCRIBER, at=NOW)


def test_a_leak_in_the_page_is_caught(
    publication: Article, monkeypatch: pytest.MonkeyPatch, narrow: Narrow
) -> None:
    narrow("/articles/plain/")
    own = publication.get_absolute_url()
    real = paywall.read

    def careless(article: Article, reader: Any, *, at: Any) -> Reading:
        return Reading(real(article, reader, at=at).decision, real(article, SUBSCRIBER, at=at).text)

    monkeypatch.setattr("articles.readers.read", careless)
    found = probe(publication)
    assert {(own, name) for name in EVERYONE} <= seen(found)
    assert found.leaks.filter(article=publication, address=own).first().passage in SUM  # type: ignore[union-attr]


def test_a_leak_of_another_story_is_caught_wherever_it_shows(
    publication: Article, monkeypatch: pytest.MonkeyPatch, narrow: Narrow
) -> None:
    monkeypatch.setattr("articles.views.page.render", leaking(f"<p>{SUM}</p>"))
    narrow("/about-us/")
    PageFactory.create(slug="about-us")
    monkeypatch.setitem(surfaces._addresses, "page", lambda story: ["/about-us/"])
    other = Article.objects.get(slug="linked")
    found = probe(other, publication)
    assert {("/about-us/", name) for name in EVERYONE} <= seen(found)
    assert {leak.article for leak in found.leaks.all()} == {publication}


def leaking(text: str, **headers: str) -> Callable[..., HttpResponse]:
    """A view, or a `render`, that answers with this text."""
    return lambda *args, **kwargs: HttpResponse(text, headers=headers)


def routes(**views: Callable[..., HttpResponse]) -> ModuleType:
    """A URL configuration: the site's own, after these."""
    module = ModuleType("leaking_urls")
    mine = [path(f"{name}/", view, name=name) for name, view in views.items()]
    module.urlpatterns = [*mine, path("", include("eir.urls"))]  # type: ignore[attr-defined]
    return module


DISGUISES = {
    "plain": SUM,
    "capitals": SUM.upper(),
    "tags inside": SUM.replace("eleven", "<em>eleven</em>").replace(
        "bridge", 'bri<span class="x">d</span>ge'
    ),
    "entities": SUM.replace("a", "&#97;").replace(" ", "&nbsp;"),
    "entities inside of XML": SUM.replace("eleven", "&amp;lt;em&amp;gt;eleven&amp;lt;/em&amp;gt;"),
    "a string of JSON": json.dumps({"text": "".join(f"\\u{ord(sign):04x}" for sign in SUM)}).replace(
        "\\\\", "\\"
    ),
    "soft hyphens": SUM.replace("th", "t\u00adh"),
    "line breaks": SUM.replace(" ", "\r\n\t"),
    "Markdown": SUM.replace("eleven thousand", "**eleven** _thousand_[^1]"),
    "a link in Markdown": SUM.replace("a bridge", "[a bridge](https://weir.example/)"),
    "an attribute": f'<meta name="description" content="{SUM}">',
    "an address": f'<a href="https://share.example/?text={SUM.replace(" ", "%20")}">Share</a>',
    "a footnote's mark inside": SUM.replace("crowns", 'crowns<sup><a href="#n1">1</a></sup>'),
    "its second half": SUM.partition("thousand")[2],
}


@pytest.mark.parametrize("text", DISGUISES.values(), ids=list(DISGUISES))
def test_a_forgotten_page_is_caught_whatever_the_text_is_wrapped_in(
    publication: Article, settings: Any, narrow: Narrow, text: str
) -> None:
    settings.ROOT_URLCONF = routes(forgotten=leaking(text))
    narrow("/forgotten/")
    assert seen(probe(publication)) >= {("/forgotten/", name) for name in EVERYONE}


def test_a_header_is_looked_at(publication: Article, settings: Any, narrow: Narrow) -> None:
    narrow("/forgotten/")
    settings.ROOT_URLCONF = routes(forgotten=leaking("Nothing.", **{"X-Summary": SUM}))
    assert ("/forgotten/", "visitor") in seen(probe(publication))


def test_a_route_that_nobody_placed_fails_loudly(publication: Article, settings: Any) -> None:
    module = routes()
    module.urlpatterns.insert(0, path("leaflets/<slug:slug>/", leaking(SUM), name="leaflet"))
    settings.ROOT_URLCONF = module
    found = probe(publication)
    assert (
        found.trouble
        == "leaflets/<slug:slug>/ (leaflet): say in surfaces.py where a story would stand on it."
    )
    assert found.alarmed_at is not None or LeakProbe.objects.get().alarmed_at == NOW


def test_a_route_with_the_name_of_another_fails_loudly(publication: Article, settings: Any) -> None:
    module = routes()
    module.urlpatterns.insert(0, path("leaflets/<slug:slug>/", leaking(SUM), name="article"))
    module.urlpatterns.append(path("more/<slug:slug>/", leaking(SUM), name="article"))
    settings.ROOT_URLCONF = module
    assert "has the name of another route, article" in probe(publication).trouble


def test_the_feed_is_looked_at(publication: Article, monkeypatch: pytest.MonkeyPatch, narrow: Narrow) -> None:
    narrow("/rss.xml")
    monkeypatch.setattr(feeds, "read", read_all)
    assert {("/rss.xml", name) for name in EVERYONE} <= seen(probe(publication))


def test_the_json_ld_is_looked_at(
    publication: Article, monkeypatch: pytest.MonkeyPatch, narrow: Narrow
) -> None:
    narrow("/articles/plain/")
    Article.objects.update(standfirst="", seo_description="")
    monkeypatch.setattr(
        structured,
        "read",
        lambda article, reader, at: Reading(paywall.read(article, reader, at=at).decision, f"<p>{SUM}</p>"),
    )
    monkeypatch.setattr(structured, "DESCRIPTION_LENGTH", 5000)
    assert {(publication.get_absolute_url(), name) for name in EVERYONE} <= seen(probe(publication))


def test_the_search_is_looked_at(
    publication: Article, monkeypatch: pytest.MonkeyPatch, narrow: Narrow
) -> None:
    asked = f"/search/?q={publication.headline.replace(' ', '+')}"
    narrow(asked)
    monkeypatch.setattr("articles.views.search.read", read_all)
    assert {(asked, name) for name in EVERYONE} <= seen(probe(publication))


def test_the_api_is_looked_at_with_keys(
    publication: Article, monkeypatch: pytest.MonkeyPatch, narrow: Narrow
) -> None:
    asked = "/api/v1/stories/plain?text=both"
    narrow(asked)
    monkeypatch.setattr("articles.api.shown.read", read_all)
    found = probe(publication)
    assert found.trouble == ""
    assert seen(found) == {(asked, "registered reader"), (asked, "lapsed subscriber")}


def test_a_search_that_repeats_what_was_asked_is_no_leak(
    publication: Article, settings: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    settings.ROOT_URLCONF = routes(forgotten=lambda request: HttpResponse(request.GET["q"]))
    monkeypatch.setattr(looking, "surfaces_of", lambda story: [f"/forgotten/?{urlencode({'q': SUM})}"])
    assert seen(probe(publication)) == set()


def test_nor_is_one_whose_own_words_happen_to_complete_a_passage(
    publication: Article, settings: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    first, rest = SUM.split(" ", 1)
    settings.ROOT_URLCONF = routes(forgotten=lambda request: HttpResponse(f"{first} “{request.GET['q']}”"))
    monkeypatch.setattr(looking, "surfaces_of", lambda story: [f"/forgotten/?{urlencode({'q': rest})}"])
    assert seen(probe(publication)) == set()


def test_a_subscribers_page_that_caches_may_keep_is_caught(
    publication: Article, monkeypatch: pytest.MonkeyPatch, narrow: Narrow
) -> None:
    narrow()
    monkeypatch.setattr("articles.caching._is_personal", lambda request: False)
    assert (publication.get_absolute_url(), "subscriber, kept by caches") in seen(probe(publication))


def test_a_wall_before_subscribers_is_told(
    publication: Article, monkeypatch: pytest.MonkeyPatch, narrow: Narrow
) -> None:
    narrow()
    monkeypatch.setattr("articles.readers.read_pass", lambda request, at: None)
    own = publication.get_absolute_url()
    told = f"{own} as subscriber: the paid text should show here, and does not, so the others prove nothing."
    assert probe(publication).trouble == told


def test_a_page_that_breaks_is_told(publication: Article, settings: Any, narrow: Narrow) -> None:
    narrow("/broken/")
    settings.ROOT_URLCONF = routes(broken=lambda request: 1 / 0)  # type: ignore[arg-type, return-value]
    assert "/broken/ as visitor: it answered 500." in probe(publication).trouble.splitlines()


def test_what_stands_free_elsewhere_is_no_leak(publication: Article, narrow: Narrow) -> None:
    narrow("/articles/quoting/")
    ArticleFactory.create(
        slug="quoting", access=Access.FREE, body=f"<p>{SUM}</p>", section=publication.section
    )
    found = probe(publication)
    assert (found.trouble, seen(found)) == ("", set())


def test_the_alarm_is_raised_once(publication: Article, settings: Any, narrow: Narrow) -> None:
    narrow("/forgotten/")
    settings.ADMINS = [("Ops", "ops@weir.example")]
    settings.ROOT_URLCONF = routes(forgotten=leaking(SUM))
    found = probe(publication)
    probes.alarm_about_leaks(probe=found, at=NOW)
    assert [(letter.to, letter.subject) for letter in mail.outbox] == [
        (["ops@weir.example"], f"Paid text can be read without paying: {found.leaks.count()} leaks")
    ]
    assert "/forgotten/ as visitor" in mail.outbox[0].body


def test_publishers_see_the_looks_and_can_change_none(admin_client: Client, publication: Article) -> None:
    found = probes.begin_probe(cause="A test", at=NOW)
    Leak.objects.create(probe=found, article=publication, address="/rss.xml", reader="visitor", passage=SUM)
    address = reverse("admin:articles_leakprobe_change", args=(found.pk,))
    page = admin_client.get(address).text
    assert '<a href="/rss.xml">/rss.xml</a>' in page
    assert SUM in page
    assert "A test" in admin_client.get(reverse("admin:articles_leakprobe_changelist")).text
    assert admin_client.post(address, {"cause": "Another"}).status_code == 403


def test_being_stopped_leaves_a_finished_row(publication: Article, narrow: Narrow) -> None:
    narrow()
    found = probes.begin_probe(cause="A test", at=NOW)
    steps = look_for_leaks(probe=found, stories=[publication.pk], clock=timezone.now)
    next(steps)
    steps.close()
    found.refresh_from_db()
    assert (found.finished_at, found.pages, found.trouble) == (NOW, 1, "It was stopped before its end.")


def test_the_command_says_what_it_found_and_fails(
    publication: Article, settings: Any, capsys: Any, narrow: Narrow
) -> None:
    narrow("/forgotten/")
    settings.ROOT_URLCONF = routes(forgotten=leaking(SUM))
    with pytest.raises(SystemExit) as stop:
        call_command("probe_leaks", stories=3)
    assert stop.value.code == 1
    told = capsys.readouterr()
    assert "LEAK /forgotten/ as visitor\n" in told.err
    assert "3 stories" in told.out


def test_the_command_can_be_interrupted(publication: Article, monkeypatch: pytest.MonkeyPatch) -> None:
    def interrupted(*args: object) -> None:
        raise KeyboardInterrupt

    monkeypatch.setattr(looking.Looking, "_judge", interrupted)
    with pytest.raises(CommandError, match="Stopped") as stop:
        call_command("probe_leaks")
    assert stop.value.returncode == 130
    assert LeakProbe.objects.get().finished_at == NOW


def test_each_publication_is_looked_at_once(
    publication: Article, clock: time_machine.Traveller, narrow: Narrow
) -> None:
    narrow()
    Article.objects.exclude(pk=publication.pk).update(published_at=NOW - timedelta(days=3))
    Article.objects.filter(pk=publication.pk).update(published_at=NOW + timedelta(minutes=5))
    assert published_since_probe(at=NOW) == []
    clock.move_to(NOW + timedelta(minutes=5, seconds=30))
    assert published_since_probe(at=timezone.now()) == [publication.pk]
    tasks.probe_published()
    clock.move_to(NOW + timedelta(minutes=6))
    tasks.probe_published()
    assert list(LeakProbe.objects.values_list("cause", "trouble")) == [("Publication", "")]


def test_no_second_look_begins_while_one_is_running(publication: Article) -> None:
    Article.objects.filter(pk=publication.pk).update(published_at=NOW - timedelta(minutes=1))
    running = probes.begin_probe(cause=probes.PUBLICATION, at=NOW - timedelta(seconds=50))
    assert published_since_probe(at=NOW) == []
    LeakProbe.objects.filter(pk=running.pk).update(begun_at=NOW - timedelta(minutes=31))
    assert published_since_probe(at=NOW) == [publication.pk]


def test_old_looks_without_leaks_are_dropped(publication: Article) -> None:
    old = NOW - timedelta(days=91)
    clean, leaking_one = (probes.begin_probe(cause=name, at=old) for name in ("clean", "leaking"))
    young = probes.begin_probe(cause="young", at=NOW - timedelta(days=89))
    Leak.objects.create(probe=leaking_one, article=publication, address="/", reader="visitor", passage=SUM)
    probes.forget_probes(at=NOW)
    assert set(LeakProbe.objects.all()) == {leaking_one, young}
    assert clean.pk not in LeakProbe.objects.values_list("pk", flat=True)


def test_a_run_takes_the_newest_and_some_of_the_others(publication: Article) -> None:
    newest = ArticleFactory.create(slug="newest", published_at=NOW, section=publication.section)
    chosen = stories_to_probe(limit=3, at=NOW)
    assert (len(chosen), chosen[0]) == (3, newest.pk)
    assert len(stories_to_probe(limit=0, at=NOW)) == len(BODIES) + 1


def test_it_looks_over_http_too(
    publication: Article, live_server: Any, settings: Any, narrow: Narrow
) -> None:
    narrow("/forgotten/", publication.get_absolute_url())
    settings.ROOT_URLCONF = routes(forgotten=leaking(SUM))
    found = run_probe(cause="A test", stories=[publication.pk], address=live_server.url, clock=timezone.now)
    assert ("/forgotten/", "crawler") in seen(found)
    assert {address for address, _ in seen(found)} == {"/forgotten/"}
    assert found.trouble == ""
