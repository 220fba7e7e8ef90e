"""A code that has run out: the reader is told, and can ask for another."""

from datetime import timedelta

import pytest
import time_machine
from django.contrib.messages import get_messages
from django.test import Client
from django.utils import timezone

from tests.accounts.conftest import newest_code, sign_in
from tests.factories.accounts import PASSWORD, UserFactory

pytestmark = pytest.mark.django_db

ADDRESS = "mara@example.com"
LOST = ["That code no longer works. Please ask for a new one."]


def enter_code(client: Client, page: str, *, after: timedelta) -> tuple[str, list[str]]:
    """Ask for a code, enter it so much later; where that leads and what is said there."""
    with time_machine.travel(timezone.now(), tick=False) as clock:
        confirm = client.post(page, {"email": ADDRESS, "action_add": ""})["Location"]
        code = newest_code()
        clock.shift(after)
        answer = client.post(confirm, {"code": code})
    return answer["Location"], [str(message) for message in get_messages(answer.wsgi_request)]


@pytest.mark.parametrize(
    ("page", "leads_to"),
    [("/accounts/login/code/", "/accounts/login/code/"), ("/accounts/password/reset/", "/accounts/login/")],
)
def test_a_code_that_has_run_out_is_explained(client: Client, page: str, leads_to: str) -> None:
    UserFactory.create(email=ADDRESS)
    assert enter_code(client, page, after=timedelta(minutes=16)) == (leads_to, LOST)


def test_so_is_one_for_a_new_account(client: Client) -> None:
    assert enter_code(client, "/accounts/signup/", after=timedelta(minutes=16)) == ("/accounts/login/", LOST)


def test_so_is_one_for_a_new_address(client: Client) -> None:
    sign_in(client, UserFactory.create())
    client.post("/accounts/reauthenticate/", {"password": PASSWORD})
    assert enter_code(client, "/accounts/email/", after=timedelta(minutes=16)) == ("/accounts/email/", LOST)


def test_a_code_in_time_is_met_without_complaint(client: Client) -> None:
    UserFactory.create(email=ADDRESS)
    assert enter_code(client, "/accounts/login/code/", after=timedelta(minutes=14)) == ("/account/", [])
