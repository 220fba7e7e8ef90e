"""Rule E1 as it happens: a sender killed with no chance to tidy up, and another that goes on."""

import json
import os
import signal
import sqlite3
import subprocess
import sys
import time
from collections import Counter
from contextlib import closing
from pathlib import Path
from urllib.parse import urlsplit, urlunsplit

import pytest
from django.db import connection

from newsletters.actions import fix_recipients, start_sending
from tests.factories.newsletters import FRIDAY, make_edition, make_reader
from tests.newsletters.mail_server import MailServer

READERS = 12
PROJECT = Path(__file__).parents[2]

SENDER = """
import json, sys
import django
django.setup()
from datetime import datetime, timedelta
from newsletters.actions import deliver_batch, mark_lost_claims
from newsletters.models import Edition
from newsletters.queries import state_counts
edition = Edition.objects.get()
at = datetime.fromisoformat(sys.argv[1])
mark_lost_claims(at=at)
while not deliver_batch(edition=edition, worker="child", at=at, size=5).is_over:
    pass
print(json.dumps(state_counts(edition)))
"""


def shared_database(folder: Path) -> str:
    """An address under which another process finds the rows; an embedded database is copied to a file."""
    if connection.vendor == "sqlite":
        file = folder / "shared.sqlite3"
        connection.ensure_connection()
        with closing(sqlite3.connect(file)) as copy:
            connection.connection.backup(copy)
        return f"sqlite:///{file}"
    return urlunsplit(
        urlsplit(os.environ["DATABASE_URL"])._replace(path=f"/{connection.settings_dict['NAME']}")
    )


def run_sender(database: str, folder: Path, server: MailServer, at: str) -> "subprocess.Popen[str]":
    environment = {
        **os.environ,
        "DJANGO_SETTINGS_MODULE": "eir.settings",
        "EIR_ENV": "test",
        "DATA_DIR": str(folder),
        "DATABASE_URL": database,
        "EMAIL_URL": f"smtp://127.0.0.1:{server.port}",
    }
    command = [sys.executable, "-c", SENDER, at]
    return subprocess.Popen(command, env=environment, cwd=PROJECT, stdout=subprocess.PIPE, text=True)


def counts_from(sender: "subprocess.Popen[str]") -> dict[str, int]:
    """The ledger as the sender leaves it."""
    output, _ = sender.communicate(timeout=60)
    return {state: count for state, count in json.loads(output).items() if count}


def wait_for(server: MailServer, arrived: int, sender: "subprocess.Popen[str]") -> None:
    while len(server.arrived) < arrived:
        assert sender.poll() is None, "the sender ended too early"
        time.sleep(0.005)


def let_one_go() -> list[str]:
    """An edition on its way; returns whom it goes to."""
    readers = [make_reader(wants=True).email for _ in range(READERS)]
    edition = make_edition()
    start_sending(edition=edition, by=None, at=FRIDAY)
    fix_recipients(edition=edition, at=FRIDAY)
    return readers


@pytest.mark.django_db(transaction=True)
@pytest.mark.parametrize("killed_after", [1, 7])
def test_e1_a_killed_sender_is_resumed_with_nobody_twice_and_nobody_missed(
    mail_server: MailServer, tmp_path: Path, killed_after: int
) -> None:
    readers = let_one_go()
    database = shared_database(tmp_path)
    mail_server.pause = 0.05

    with run_sender(database, tmp_path, mail_server, FRIDAY.isoformat()) as first:
        wait_for(mail_server, killed_after, first)
        first.send_signal(signal.SIGKILL)
    assert len(mail_server.arrived) < READERS

    with run_sender(database, tmp_path, mail_server, FRIDAY.replace(hour=13).isoformat()) as second:
        counts = counts_from(second)

    assert set(Counter(mail_server.recipients()).values()) == {1}
    unknown = counts.pop("unknown", 0)
    assert unknown <= 1  # the one that was on the line
    assert counts == {"accepted": READERS - unknown}
    assert len(set(readers) - set(mail_server.recipients())) <= unknown


@pytest.mark.django_db(transaction=True)
def test_e2_two_senders_at_the_same_time_share_the_readers(mail_server: MailServer, tmp_path: Path) -> None:
    readers = let_one_go()
    database = shared_database(tmp_path)
    mail_server.pause = 0.05
    with (
        run_sender(database, tmp_path, mail_server, FRIDAY.isoformat()) as first,
        run_sender(database, tmp_path, mail_server, FRIDAY.isoformat()) as second,
    ):
        counts_from(first)
        last = counts_from(second)
    assert sorted(mail_server.recipients()) == sorted(readers)
    assert set(last) <= {"accepted", "sending", "claimed"}
    assert sum(last.values()) == READERS
