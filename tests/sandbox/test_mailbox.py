"""The mailbox over real SMTP and real HTTP."""

from __future__ import annotations

import asyncio
import json
import smtplib
import socket
import threading
import urllib.error
import urllib.parse
import urllib.request
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from email.message import EmailMessage
from http.server import BaseHTTPRequestHandler, HTTPServer
from pathlib import Path
from typing import Any

import pytest
from bs4 import BeautifulSoup

from sandbox import mailbox
from sandbox.mailbox.letter import Letter
from sandbox.mailbox.store import MessageStore

HOST = "127.0.0.1"


@dataclass(frozen=True)
class Answer:
    status: int
    headers: dict[str, str]
    body: bytes

    @property
    def page(self) -> BeautifulSoup:
        return BeautifulSoup(self.body, "html.parser")


@dataclass(frozen=True)
class Box:
    """A running mailbox and how a test talks to it."""

    smtp_port: int
    web_port: int

    def send(self, message: EmailMessage, **options: Any) -> None:
        with smtplib.SMTP(HOST, self.smtp_port) as client:
            client.send_message(message, **options)

    def ask(self, path: str, method: str = "GET", headers: dict[str, str] | None = None) -> Answer:
        address = f"http://{HOST}:{self.web_port}{path}"
        data = b"" if method == "POST" else None
        request = urllib.request.Request(address, data=data, method=method, headers=headers or {})
        try:
            with urllib.request.urlopen(request, timeout=10) as answer:
                return Answer(answer.status, dict(answer.headers), answer.read())
        except urllib.error.HTTPError as error:
            with error:
                return Answer(error.code, dict(error.headers), error.read())

    def messages(self, **query: str) -> list[dict[str, Any]]:
        found: list[dict[str, Any]] = json.loads(
            self.ask(f"/api/messages?{urllib.parse.urlencode(query)}").body
        )
        return found


def free_port() -> int:
    with socket.create_server((HOST, 0)) as probe:
        return int(probe.getsockname()[1])


@contextmanager
def running_mailbox(state: Path) -> Iterator[Box]:
    box = Box(smtp_port=free_port(), web_port=free_port())
    started, loop = threading.Event(), asyncio.new_event_loop()

    async def run() -> None:
        ready = asyncio.Event()
        serving = mailbox.serve(
            host=HOST, smtp_port=box.smtp_port, web_port=box.web_port, state=state, ready=ready
        )
        task = asyncio.create_task(serving)
        await ready.wait()
        started.set()
        await task

    main = loop.create_task(run())

    def work() -> None:
        with pytest.raises(asyncio.CancelledError):
            loop.run_until_complete(main)

    thread = threading.Thread(target=work)
    thread.start()
    assert started.wait(10)
    yield box
    loop.call_soon_threadsafe(main.cancel)
    thread.join(10)
    assert not thread.is_alive()
    loop.close()


@pytest.fixture(scope="module")
def running(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Box]:
    with running_mailbox(tmp_path_factory.mktemp("mailbox") / "state.sqlite3") as box:
        yield box


@pytest.fixture
def box(running: Box) -> Box:
    running.ask("/api/messages", "DELETE")
    return running


def letter(**changes: str) -> EmailMessage:
    fields = {
        "From": "Desk <desk@example.com>",
        "To": "rosa@example.com",
        "Subject": "The week in Port Saldane",
    }
    message = EmailMessage()
    for name, value in (fields | changes).items():
        message[name.replace("_", "-")] = value
    message.set_content("Plain – and simple.\n")
    message.add_alternative("<html><head></head><body><h1>Set with care</h1></body></html>", subtype="html")
    return message


def test_a_message_is_kept_whole(box: Box) -> None:
    box.send(letter(X_Issue="7"))

    [found] = box.messages()
    assert found["from"] == "Desk <desk@example.com>"
    assert found["to"] == ["rosa@example.com"]
    assert found["subject"] == "The week in Port Saldane"
    assert found["headers"]["X-Issue"] == ["7"]
    assert found["text"] == "Plain – and simple.\n"
    assert BeautifulSoup(found["html"], "html.parser").get_text(strip=True) == "Set with care"
    assert json.loads(box.ask(f"/api/messages/{found['id']}").body) == found


def test_a_repeated_header_is_listed_twice(box: Box) -> None:
    message = letter()
    message["Received"], message["Received"] = "from one", "from two"
    box.send(message)

    assert box.messages()[0]["headers"]["Received"] == ["from one", "from two"]


def test_raw_is_byte_for_byte(box: Box) -> None:
    raw = b"Subject: Raw\r\nX-Odd: caf\xe9\r\n\r\n.leading dot\r\n\tbyte \xff\r\n"
    with smtplib.SMTP(HOST, box.smtp_port) as client:
        client.sendmail("a@example.com", ["b@example.com"], raw)

    [found] = box.messages()
    assert box.ask(f"/api/messages/{found['id']}/raw").body == raw


def test_international_addresses_are_taken(box: Box) -> None:
    box.send(letter(To="jürgen@exämple.example"), mail_options=["SMTPUTF8"])

    assert box.messages(to="JÜRGEN@exämple.example")[0]["to"] == ["jürgen@exämple.example"]


def test_a_message_past_the_size_limit_is_refused(box: Box) -> None:
    with smtplib.SMTP(HOST, box.smtp_port) as client:
        client.ehlo()
        limit = int(client.esmtp_features["size"])
        code, _ = client.mail("a@example.com", [f"SIZE={limit + 1}"])

    assert code == 552
    assert box.messages() == []


def test_blind_recipients_are_known_by_the_envelope(box: Box) -> None:
    box.send(letter(), to_addrs=["hidden@example.com"])

    assert [each["to"] for each in box.messages(to="hidden@example.com")] == [["hidden@example.com"]]
    assert box.messages(to="rosa@example.com") == []


def test_search_takes_whole_addresses_and_parts_of_subjects(box: Box) -> None:
    box.send(letter(To="rosa@example.com", Subject="Ärger am Hafen"))
    box.send(letter(To="prosa@example.com", Subject="Calm at sea"))

    assert [each["subject"] for each in box.messages(to="Rosa@Example.com")] == ["Ärger am Hafen"]
    assert [each["subject"] for each in box.messages(subject="äRGER")] == ["Ärger am Hafen"]
    assert [each["subject"] for each in box.messages()] == ["Calm at sea", "Ärger am Hafen"]
    assert box.messages(to="rosa@example.com", subject="calm") == []


def test_since_leaves_out_what_came_before(box: Box) -> None:
    box.send(letter(Subject="Earlier"))
    box.send(letter(Subject="Later"))
    later = box.messages(subject="Later")[0]["received_at"]

    assert [each["subject"] for each in box.messages(since=later)] == ["Later"]
    assert box.messages(since="2999-01-01T00:00:00+01:00") == []
    assert box.ask("/api/messages?since=yesterday").status == 400


def test_delete_forgets_all_and_ids_are_not_used_again(box: Box) -> None:
    box.send(letter())
    [first] = box.messages()
    assert box.ask("/api/messages", "DELETE").status == 204
    assert box.messages() == []
    assert box.ask(f"/api/messages/{first['id']}").status == 404

    box.send(letter())
    assert box.messages()[0]["id"] > first["id"]


def test_messages_outlive_the_process(tmp_path: Path) -> None:
    with running_mailbox(tmp_path / "state.sqlite3") as before:
        before.send(letter(Subject="Still here"))
    with running_mailbox(tmp_path / "state.sqlite3") as after:
        assert [each["subject"] for each in after.messages()] == ["Still here"]


def test_the_list_shows_the_newest_first_and_searches(box: Box) -> None:
    box.send(letter(Subject="One"))
    box.send(letter(Subject="Two", To="jonah@example.com"))

    subjects = [each.get_text() for each in box.ask("/").page.select(".messages .subject")]
    found = [each.get_text() for each in box.ask("/?q=JONAH").page.select(".messages .subject")]
    assert subjects == ["Two", "One"]
    assert found == ["Two"]
    assert len(box.ask("/?q=nobody").page.select(".messages .subject")) == 0


def test_a_long_list_goes_on_under_older(box: Box) -> None:
    with smtplib.SMTP(HOST, box.smtp_port) as client:
        for number in range(53):
            client.send_message(letter(Subject=f"No. {number}"))

    first = box.ask("/?q=No.").page
    second = box.ask(str(first.select_one("a[rel=next]")["href"])).page  # type: ignore[index]
    assert len(first.select(".messages li")) == 50
    assert [each.get_text() for each in second.select(".subject")] == ["No. 2", "No. 1", "No. 0"]
    assert second.select_one("a[rel=next]") is None


def test_html_is_shown_in_a_frame_without_scripts(box: Box) -> None:
    message = letter()
    message.clear_content()
    message.set_content("<script>alert(1)</script><p>Hello</p>", subtype="html")
    box.send(message)
    [found] = box.messages()

    page = box.ask(f"/messages/{found['id']}").page
    frame = page.select_one("iframe")
    assert frame is not None
    assert frame["sandbox"] == ["allow-popups", "allow-popups-to-escape-sandbox"]
    assert page.select("script") == []
    policy = box.ask(str(frame["src"])).headers["content-security-policy"]
    assert policy.split(";")[0] == "sandbox allow-popups allow-popups-to-escape-sandbox"


@pytest.mark.parametrize(
    ("view", "selector", "expected"),
    [
        ("text", "pre.text", "Plain – <b>and</b> simple.\n"),
        ("headers", ".headers dd", "Desk <desk@example.com>"),
        ("attachments", ".attachments a", "notes.txt"),
    ],
)
def test_every_view_shows_its_part_escaped(box: Box, view: str, selector: str, expected: str) -> None:
    message = letter()
    message.clear_content()
    message.set_content("Plain – <b>and</b> simple.\n")
    message.add_attachment("Notes", filename="notes.txt")
    box.send(message)

    found = box.ask(f"/messages/{box.messages()[0]['id']}?view={view}").page.select_one(selector)
    assert found is not None
    assert found.get_text() == expected


def test_source_shows_the_message_as_it_came(box: Box) -> None:
    box.send(letter())
    [found] = box.messages()

    shown = box.ask(f"/messages/{found['id']}?view=source").page.select_one("pre.source")
    assert shown is not None
    raw = box.ask(f"/api/messages/{found['id']}/raw").body.decode()
    assert shown.get_text().splitlines() == raw.splitlines()


def test_inline_pictures_and_attachments_are_served(box: Box) -> None:
    message = letter()
    message.clear_content()
    message.set_content('<p><img src="cid:harbour@example" alt=""></p>', subtype="html")
    message.add_related(b"\x89PNG", maintype="image", subtype="png", cid="<harbour@example>")
    box.send(message)
    [found] = box.messages()

    picture = box.ask(f"/messages/{found['id']}/html").page.select_one("img")
    assert picture is not None
    served = box.ask(str(picture["src"]))
    assert served.body == b"\x89PNG"
    assert served.headers["content-type"] == "image/png"
    assert box.ask(f"/messages/{found['id']}/parts/9").status == 404


class Site(BaseHTTPRequestHandler):
    """A site that notes one-click requests; /moved redirects."""

    seen: list[tuple[str, str, str | None, str | None]]

    def do_POST(self) -> None:
        body = self.rfile.read(int(self.headers["Content-Length"])).decode()
        self.seen.append((self.path, body, self.headers["Content-Type"], self.headers["Cookie"]))
        self.send_response(302 if self.path == "/moved" else 200)
        self.send_header("Location", "/elsewhere")
        self.end_headers()

    def log_message(self, format: str, *args: object) -> None:
        pass


@pytest.fixture
def site() -> Iterator[tuple[str, list[tuple[str, str, str | None, str | None]]]]:
    Site.seen = []
    with HTTPServer((HOST, 0), Site) as server:
        threading.Thread(target=server.serve_forever).start()
        yield f"http://{HOST}:{server.server_port}", Site.seen
        server.shutdown()


@pytest.mark.parametrize(
    ("path", "verdict"),
    [
        ("/u/token", "The site answered 200 OK: unsubscribed."),
        ("/moved", "The site answered 302 Found: a mail provider would count this as a failure."),
    ],
)
def test_u3_one_click_posts_as_a_provider_does(
    box: Box, site: tuple[str, list[tuple[str, str, str | None, str | None]]], path: str, verdict: str
) -> None:
    address, seen = site
    box.send(
        letter(
            List_Unsubscribe=f"<mailto:out@example.com>, <{address}{path}>",
            List_Unsubscribe_Post="List-Unsubscribe=One-Click",
        )
    )
    [found] = box.messages()

    shown = box.ask(f"/messages/{found['id']}/unsubscribe", "POST").page.select_one("[role=status]")
    assert seen == [(path, "List-Unsubscribe=One-Click", "application/x-www-form-urlencoded", None)]
    assert shown is not None
    assert shown.get_text() == verdict


@pytest.mark.parametrize(
    "headers",
    [
        {},
        {"List_Unsubscribe": "<https://example.com/u>"},
        {"List_Unsubscribe": "<mailto:a@example.com>", "List_Unsubscribe_Post": "List-Unsubscribe=One-Click"},
        {"List_Unsubscribe": "<http://example.com/u>", "List_Unsubscribe_Post": "List-Unsubscribe=One-Click"},
        {
            "List_Unsubscribe": "<https://example.com/u>, <https://example.com/v>",
            "List_Unsubscribe_Post": "List-Unsubscribe=One-Click",
        },
    ],
)
def test_u1_no_button_without_exactly_one_secure_address(box: Box, headers: dict[str, str]) -> None:
    box.send(letter(**headers))
    [found] = box.messages()

    assert box.ask(f"/messages/{found['id']}").page.select("form[action$=unsubscribe]") == []
    assert box.ask(f"/messages/{found['id']}/unsubscribe", "POST").status == 409


def test_the_delete_button_empties_the_list(box: Box) -> None:
    box.send(letter())
    assert box.ask("/delete", "POST").status == 200
    assert box.messages() == []


@pytest.mark.parametrize(("path", "method"), [("/delete", "POST"), ("/api/messages", "DELETE")])
def test_another_sites_page_changes_nothing(box: Box, path: str, method: str) -> None:
    box.send(letter())
    assert box.ask(path, method, {"Sec-Fetch-Site": "cross-site"}).status == 403
    assert len(box.messages()) == 1


@pytest.mark.parametrize("path", ["/messages/999999", "/nowhere", "/api/messages/999999"])
def test_what_is_not_there_is_said_to_be_missing(box: Box, path: str) -> None:
    assert box.ask(path).status == 404


@pytest.mark.parametrize(
    "raw",
    [
        b"",
        b"no header at all",
        b"Subject: =?nonsense?B?####?=\r\nFrom: <<>>,,\r\n\r\nbody",
        b"Content-Type: text/plain; charset=klingon\r\n\r\nbody",
        b"Content-Type: multipart/mixed; boundary=x\r\n\r\n--x\r\nContent-Type: image/png\r\n\r\n",
        b'To: "a\r\nMIME-Version: x\r\nContent-Transfer-Encoding: base64\r\n\r\n!!!',
    ],
)
def test_malformed_mail_is_shown_all_the_same(box: Box, raw: bytes) -> None:
    with smtplib.SMTP(HOST, box.smtp_port) as client:
        client.sendmail("a@example.com", ["b@example.com"], raw)

    [found] = box.messages()
    statuses = {
        box.ask(f"/messages/{found['id']}?view={view}").status
        for view in ("html", "text", "headers", "source", "attachments")
    }
    assert statuses == {200}


def test_a_taken_port_is_told_at_once(tmp_path: Path) -> None:
    with socket.create_server((HOST, 0)) as taken:
        serving = mailbox.serve(
            host=HOST, smtp_port=taken.getsockname()[1], web_port=free_port(), state=tmp_path / "s.sqlite3"
        )
        with pytest.raises(OSError, match="in use"):
            asyncio.run(serving)


def test_the_store_keeps_what_many_threads_send(tmp_path: Path) -> None:
    with running_mailbox(tmp_path / "state.sqlite3") as box:
        threads = [threading.Thread(target=box.send, args=(letter(Subject=str(n)),)) for n in range(12)]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
        assert sorted(int(each["subject"]) for each in box.messages()) == list(range(12))

    kept = MessageStore(tmp_path / "state.sqlite3").search()
    assert {type(each) for each in kept} == {Letter}
