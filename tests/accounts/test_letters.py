"""The letters of the account stream, and what happens when none can be sent."""

import re
from pathlib import Path
from smtplib import SMTPServerDisconnected

import pytest
from bs4 import BeautifulSoup
from django.conf import settings as project
from django.core import mail
from django.core.mail.backends.locmem import EmailBackend
from django.test import Client
from django.utils import timezone
from pytest_django.fixtures import Settings

from accounts.models import User
from kit.letters import render_letter
from tests.accounts.conftest import newest_code, sign_in
from tests.factories.accounts import PASSWORD, UserFactory

FOLDER = Path(__file__).parents[2] / "templates/emails/accounts"
NAMES = sorted(path.name.removesuffix(".subject.txt") for path in FOLDER.glob("*.subject.txt"))
SENT_BY_ALLAUTH = {
    "account_already_exists",
    "email_changed",
    "email_confirmation",
    "email_confirmation_signup",
    "email_deleted",
    "login_code",
    "password_changed",
    "password_reset",
    "password_reset_code",
    "password_set",
    "recovery_codes_generated",
    "totp_activated",
    "totp_deactivated",
    "unknown_account",
    "webauthn_added",
    "webauthn_removed",
}
EVERYTHING = {
    "email": "tom&jerry@example.org",
    "code": "4821-9057",
    "from_email": "old@example.org",
    "to_email": "new@example.org",
    "deleted_email": "old@example.org",
    "ip": "192.0.2.44",
    "user_agent": "Mozilla/5.0 (X11; Linux x86_64; rv:140.0) Gecko/20100101 Firefox/140.0",
    "timestamp": timezone.now(),
}


def test_there_is_a_letter_for_all_that_allauth_sends() -> None:
    assert {*NAMES} == SENT_BY_ALLAUTH | {"account_for_letters", "password_invitation"}


@pytest.mark.parametrize("name", NAMES)
def test_a_letter_is_whole(name: str) -> None:
    letter = render_letter(f"accounts/{name}", EVERYTHING)
    page = BeautifulSoup(letter.html, "html.parser")
    assert 10 < len(letter.subject) < 70
    assert "\n" not in letter.subject
    assert page.html is not None
    assert page.html["lang"] == "en"
    assert len(page.find_all("h1")) == 1
    assert page.title is not None
    assert page.title.get_text(strip=True)
    assert [image for image in page.find_all("img") if not image.get("alt")] == []
    assert "&amp;" not in letter.text
    assert re.search(r"<\w|{[{%]", letter.text) is None
    for part in (letter.text, page.get_text()):
        assert "Executive Intelligence Review, 12 Quay Street, Port Saldane" in part
        assert "tom&jerry@example.org" in part
    assert len(letter.html) < 20_000


@pytest.mark.parametrize("name", [name for name in NAMES if name.endswith("_code") or "confirmation" in name])
def test_the_code_stands_in_the_subject_the_text_and_the_page(name: str) -> None:
    letter = render_letter(f"accounts/{name}", EVERYTHING)
    assert letter.subject.startswith("4821-9057 ")
    assert "\n    4821-9057\n" in letter.text
    assert "4821-9057" in letter.html


@pytest.mark.django_db
def test_u9_b7_account_mail_is_its_own_stream_without_list_headers(client: Client) -> None:
    client.post("/accounts/login/", {"login": UserFactory.create().email, "password": ""})
    message = mail.outbox[0]
    assert message.from_email == "Executive Intelligence Review <accounts@eir.example>"
    assert message.from_email != project.DIGEST_FROM_EMAIL
    assert [name for name, _ in message.message().items() if name.lower().startswith("list-")] == []


@pytest.mark.django_db
def test_links_lead_to_the_site_and_not_where_a_request_claims_to_be(settings: Settings) -> None:
    settings.ALLOWED_HOSTS = ["trap.example"]
    Client(headers={"host": "trap.example"}).post(
        "/accounts/login/", {"login": "nobody@example.org", "password": ""}
    )
    assert f"{project.SITE_URL}/accounts/signup/" in str(mail.outbox[0].body)
    assert "trap.example" not in mail.outbox[0].message().as_string()


class DeadServer(EmailBackend):
    def send_messages(self, messages: object) -> int:
        raise SMTPServerDisconnected("Connection unexpectedly closed")


@pytest.fixture
def dead_server(settings: Settings) -> None:
    settings.EMAIL_BACKEND = f"{__name__}.DeadServer"


@pytest.mark.django_db
@pytest.mark.usefixtures("dead_server")
@pytest.mark.parametrize(
    ("address", "form"),
    [
        ("/accounts/login/", {"login": "mara@example.org", "password": ""}),
        ("/accounts/login/", {"login": "nobody@example.org", "password": ""}),
        ("/accounts/signup/", {"email": "nobody@example.org"}),
        ("/accounts/signup/", {"email": "mara@example.org"}),
        ("/accounts/password/reset/", {"email": "mara@example.org"}),
        ("/accounts/password/reset/", {"email": "nobody@example.org"}),
    ],
)
def test_a_mail_server_that_is_down_is_said_and_logged(
    client: Client, address: str, form: dict[str, str], caplog: pytest.LogCaptureFixture
) -> None:
    UserFactory.create(email="mara@example.org")
    page = client.post(address, form, follow=True)
    who = form.get("login") or form["email"]
    assert page.status_code == 200
    assert f"We could not send an e-mail to {who} just now." in page.content.decode()
    assert [record.levelname for record in caplog.records if record.name == "accounts.adapter"] == ["ERROR"]


@pytest.mark.django_db
def test_once_the_server_is_back_a_new_code_goes_out(client: Client, settings: Settings) -> None:
    working = settings.EMAIL_BACKEND
    settings.EMAIL_BACKEND = f"{__name__}.DeadServer"
    client.post("/accounts/signup/", {"email": "mara@example.org"})
    settings.EMAIL_BACKEND = working
    client.post("/accounts/confirm-email/", {"action": "resend"})
    client.post("/accounts/confirm-email/", {"code": newest_code()})
    assert client.session["_auth_user_id"] == str(User.objects.get().pk)


@pytest.mark.django_db
def test_a_notice_that_cannot_be_sent_alarms_nobody_but_us(
    client: Client, settings: Settings, caplog: pytest.LogCaptureFixture
) -> None:
    sign_in(client, UserFactory.create())
    settings.EMAIL_BACKEND = f"{__name__}.DeadServer"
    page = client.post(
        "/accounts/password/change/",
        {"oldpassword": PASSWORD, "password1": "another fine phrase"},
        follow=True,
    )
    assert "Your password is changed." in page.content.decode()
    assert "could not send" not in page.content.decode()
    assert [record.levelname for record in caplog.records if record.name == "accounts.adapter"] == ["ERROR"]
