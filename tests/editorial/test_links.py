"""Links in stories are checked in the background: when, how, and without being led into our own network."""

import socket
from collections.abc import Iterator
from datetime import datetime, timedelta
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from threading import Thread
from typing import Any, ClassVar

import pytest
from django.utils import timezone

from articles.models import State
from editorial import gateways
from editorial.actions.links import check_links, record_answer
from editorial.gateways import Answer, Verdict, is_public, probe
from editorial.models import CheckedLink
from editorial.queries.links import linked_addresses
from editorial.tasks import check_links as check_links_task
from tests.factories.desk import NOW, draft, edit, story

DAY = timedelta(days=1)


class Site(BaseHTTPRequestHandler):
    """Answers `/404` with 404, `/to?<where>` with a redirect, and keeps what it was asked."""

    asked: ClassVar[list[tuple[str, str, str, str]]] = []

    def do_HEAD(self) -> None:
        self._answer()

    def do_GET(self) -> None:
        self._answer()

    def log_message(self, *args: Any) -> None:
        pass

    def _answer(self) -> None:
        host, name = self.headers["Host"], self.headers["User-Agent"]
        self.asked.append((self.command, self.path, host, name))
        path, _, query = self.path.partition("?")
        if path == "/break":
            self.connection.close()
            return
        status = {"/to": 302, "/on": 302, "/no-head": 405 if self.command == "HEAD" else 200}.get(path)
        self.send_response(status or int(path[1:] or 200))
        if path == "/to":
            self.send_header("Location", query)
        if path == "/on":
            self.send_header("Location", f"/on?{int(query) - 1}" if int(query) > 1 else "/200")
        self.send_header("Content-Length", "0")
        self.end_headers()


@pytest.fixture
def site() -> Iterator[str]:
    """A site on this machine; the address without a slash at its end."""
    server = ThreadingHTTPServer(("127.0.0.1", 0), Site)
    Thread(target=server.serve_forever, daemon=True).start()
    Site.asked.clear()
    yield f"http://127.0.0.1:{server.server_port}"
    server.shutdown()
    server.server_close()


@pytest.fixture
def private(settings: Any) -> None:
    """Machines of this network may be asked, as in a demo."""
    settings.LINK_CHECK_PRIVATE = True


@pytest.mark.usefixtures("private")
@pytest.mark.parametrize(
    ("path", "verdict", "detail"),
    [
        ("/200", "ALIVE", ""),
        ("/403", "ALIVE", ""),
        ("/429", "ALIVE", ""),
        ("/no-head", "ALIVE", ""),
        ("/404", "GONE", "answers 404: not found"),
        ("/410", "GONE", "answers 410: gone"),
        ("/503", "FAILING", "answers 503: service unavailable"),
        ("/break", "FAILING", "breaks the connection off"),
        ("/to?/404", "GONE", "answers 404: not found"),
        ("/on?5", "ALIVE", ""),
        ("/on?6", "FAILING", "redirects more than 5 times"),
        ("/to?ftp://files.example/", "GONE", "is no web address"),
        ("/to?file:///etc/passwd", "GONE", "is no web address"),
    ],
)
def test_what_an_answer_means(site: str, path: str, verdict: str, detail: str) -> None:
    assert probe(site + path) == Answer(Verdict[verdict], detail)


@pytest.mark.usefixtures("private")
def test_a_head_is_enough_where_it_is_answered_and_a_get_follows_where_not(site: str, settings: Any) -> None:
    probe(f"{site}/200?page=2#part")
    probe(f"{site}/no-head")
    host, name = (
        site.removeprefix("http://"),
        f"{settings.PUBLICATION['name']} link check (+{settings.SITE_URL})",
    )
    assert Site.asked == [
        ("HEAD", "/200?page=2", host, name),
        ("HEAD", "/no-head", host, name),
        ("GET", "/no-head", host, name),
    ]


@pytest.mark.usefixtures("private")
def test_nobody_is_waited_for_longer_than_the_limit(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(gateways, "TIMEOUT_SECONDS", 1)
    silent = socket.create_server(("127.0.0.1", 0))
    with silent:
        port = silent.getsockname()[1]
        assert probe(f"http://127.0.0.1:{port}/").detail == "does not answer within 1 seconds"
    assert probe(f"http://127.0.0.1:{port}/").detail == "refuses the connection"


@pytest.mark.parametrize(
    "number",
    [
        "10.0.0.7",
        "127.0.0.1",
        "169.254.169.254",
        "172.16.0.1",
        "192.168.1.1",
        "100.64.0.1",
        "0.0.0.0",
        "224.0.0.1",
        "255.255.255.255",
        "::",
        "::1",
        "fe80::1%eth0",
        "fc00::1",
        "fec0::1",
        "ff02::1",
        "::ffff:127.0.0.1",
        "::ffff:a9fe:a9fe",
        "::10.0.0.1",
        "2002:7f00:1::",
        "64:ff9b::10.0.0.1",
        "2001:0:0:0:0:0:80ff:fffe",
    ],
)
def test_no_address_but_a_public_one_is_asked(number: str) -> None:
    assert not is_public(number)


@pytest.mark.parametrize("number", ["93.184.216.34", "2606:2800:220:1::1", "::ffff:93.184.216.34"])
def test_public_addresses_are_known(number: str) -> None:
    assert is_public(number)


@pytest.mark.parametrize("host", ["127.0.0.1", "localhost", "[::1]", "0.0.0.0", "127.1"])
def test_our_own_machine_is_not_asked_however_it_is_written(site: str, host: str) -> None:
    port = site.rpartition(":")[2]
    answer = probe(f"http://{host}:{port}/200")
    assert (answer.detail, Site.asked) == ("leads into a private network, where readers cannot follow", [])


def names(monkeypatch: pytest.MonkeyPatch, **known: list[str]) -> list[str]:
    """Look names up here: each has numbers, told in turn; returns the names as they are asked for."""
    look_up, asked = socket.getaddrinfo, []

    def answer(host: str, port: int, *args: Any, **options: Any) -> Any:
        name = str(host).partition(".")[0]
        if name not in known:
            return look_up(host, port, *args, **options)
        asked.append(str(host))
        numbers = known[name] if len(asked) == 1 else ["93.184.216.34"]
        return [(2, 1, 6, "", (number, port)) for number in numbers]

    monkeypatch.setattr(socket, "getaddrinfo", answer)
    return asked


def test_a_name_with_a_public_and_a_private_address_is_not_asked(
    site: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    names(monkeypatch, both=["93.184.216.34", "127.0.0.1"])
    assert probe(f"{site.replace('127.0.0.1', 'both.example')}/200").verdict is Verdict.GONE
    assert Site.asked == []


def test_a_redirect_into_our_network_is_not_followed(site: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(gateways, "is_public", lambda number: number == "127.0.0.1")
    names(monkeypatch, inside=["10.1.2.3"])
    answer = probe(f"{site}/to?http://inside.example/200")
    assert answer.detail == "leads into a private network, where readers cannot follow"
    assert [path for _, path, *_ in Site.asked] == ["/to?http://inside.example/200"]


@pytest.mark.usefixtures("private")
def test_the_connection_goes_to_the_address_that_was_looked_at(
    site: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A name that changes its address between the look and the request (DNS rebinding) gains nothing."""
    asked = names(monkeypatch, rebind=["127.0.0.1"])
    address = site.replace("127.0.0.1", "rebind.example")
    assert probe(f"{address}/200").verdict is Verdict.ALIVE
    assert asked == ["rebind.example"]
    assert Site.asked[0][2] == address.removeprefix("http://")


# Which are checked, and when


def linking(*addresses: str) -> str:
    return "".join(f'<p>See <a href="{address}">the page</a>.</p>' for address in addresses)


def links() -> dict[str, tuple[str, str]]:
    return {link.url: (link.state, link.detail) for link in CheckedLink.objects.all()}


def check(*, at: datetime = NOW, budget: float = 60) -> int:
    return check_links(at=at, budget=budget, pause=0)


@pytest.mark.django_db
def test_links_of_stories_in_work_and_lately_published_are_collected(settings: Any) -> None:
    draft(body=linking("https://a.example/?x=1&y=2#notes", "mailto:desk@a.example", "/topics/tides/"))
    draft(body=linking(f"{settings.SITE_URL}/articles/x/", "https://a.example/?x=1&y=2"))
    public = story(State.PUBLISHED, body=linking("https://public.example/"))
    edit(public, None, body=linking("https://working.example/"))
    story(State.PUBLISHED, at=NOW - timedelta(days=31), body=linking("https://old.example/"))
    assert linked_addresses(at=NOW) == {
        "https://a.example/?x=1&y=2",
        "https://public.example/",
        "https://working.example/",
    }


@pytest.mark.django_db
@pytest.mark.usefixtures("private")
def test_each_address_is_asked_once_a_day(site: str) -> None:
    draft(body=linking(f"{site}/200", f"{site}/404"))
    assert (check(), check(at=NOW + DAY - timedelta(minutes=1)), check(at=NOW + DAY)) == (2, 0, 2)
    assert links() == {f"{site}/200": ("alive", ""), f"{site}/404": ("dead", "answers 404: not found")}


@pytest.mark.django_db
def test_a_failure_counts_when_it_is_there_the_next_day_too_and_an_answer_clears_it() -> None:
    failing = Answer(Verdict.FAILING, "answers 503: service unavailable")
    link = CheckedLink.objects.create(url="https://a.example/", state="alive")
    states = []
    for answer in (failing, failing, Answer(Verdict.ALIVE), failing, Answer(Verdict.ALIVE), failing):
        record_answer(link=link, answer=answer)
        states.append(CheckedLink.objects.get().state)
    assert states == ["alive", "dead", "alive", "alive", "alive", "alive"]


@pytest.mark.django_db
@pytest.mark.usefixtures("private")
def test_what_the_budget_leaves_is_done_the_next_time(site: str) -> None:
    draft(body=linking(f"{site}/200", f"{site}/404"))
    assert check(budget=0) == 0
    assert check_links(at=NOW, budget=0.5, pause=1) == 1
    assert check(at=NOW + timedelta(hours=1)) == 1
    assert len(Site.asked) == 3  # the missing page by GET too


@pytest.mark.django_db
@pytest.mark.usefixtures("private")
def test_what_another_worker_took_is_left_to_it(site: str, monkeypatch: pytest.MonkeyPatch) -> None:
    draft(body=linking(f"{site}/200", f"{site}/404"))
    CheckedLink.objects.create(url=f"{site}/200")
    CheckedLink.objects.create(url=f"{site}/404")

    def taken_meanwhile(address: str) -> Answer:
        CheckedLink.objects.filter(checked_at=None).update(checked_at=NOW)
        return Answer(Verdict.ALIVE)

    monkeypatch.setattr("editorial.actions.links.probe", taken_meanwhile)
    assert check() == 1


@pytest.mark.django_db
def test_addresses_nothing_links_to_any_more_are_forgotten_after_a_month() -> None:
    CheckedLink.objects.create(url="https://old.example/", checked_at=NOW - timedelta(days=31))
    CheckedLink.objects.create(url="https://late.example/", checked_at=NOW - timedelta(days=29))
    check()
    assert links().keys() == {"https://late.example/"}


@pytest.mark.django_db
@pytest.mark.usefixtures("private")
def test_the_task_checks_what_is_due(site: str) -> None:
    draft(body=linking(f"{site}/404"))
    check_links_task.delay()
    link = CheckedLink.objects.get(state="dead")
    assert link.checked_at is not None
    assert timezone.now() - link.checked_at < timedelta(minutes=1)
