"""Production starts only with settings that make sense, and says in a sentence which one does not."""

import os
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]
PRODUCTION = {
    "EIR_ENV": "production",
    "SITE_URL": "https://magazine.example",
    "ALLOWED_HOSTS": "magazine.example",
    "SECRET_KEY": "k" * 50,
    "DATABASE_URL": "postgres://eir:secret@127.0.0.1/eir",
    "REDIS_URL": "redis://127.0.0.1:6379/0",
    "EMAIL_URL": "smtp+tls://eir:secret@mail.magazine.example:587",
    "ACCOUNT_FROM_ADDRESS": "accounts@magazine.example",
    "DIGEST_FROM_ADDRESS": "weekly@magazine.example",
    "HELP_ADDRESS": "help@magazine.example",
    "POSTAL_ADDRESS": "12 Quay Street, Port Saldane",
    "STRIPE_SECRET_KEY": "sk_live_madeup",
    "STRIPE_WEBHOOK_SECRETS": "whsec_madeup",
}


def start(tmp_path: Path, environment: dict[str, str]) -> "subprocess.CompletedProcess[str]":
    """Read the settings in a process of its own, with nothing set but this."""
    kept = {"PATH": os.environ["PATH"], "DATA_DIR": str(tmp_path)}
    code = "import eir.settings as s; print(s.DEBUG, s.SESSION_COOKIE_SECURE, s.STAFF_MFA_REQUIRED)"
    return subprocess.run(
        [sys.executable, "-c", code],
        cwd=ROOT,
        env=kept | environment,
        capture_output=True,
        text=True,
        check=False,
    )


def test_complete_settings_start_safe(tmp_path: Path) -> None:
    assert start(tmp_path, PRODUCTION).stdout.split() == ["False", "True", "True"]


@pytest.mark.parametrize("name", [name for name in PRODUCTION if name != "EIR_ENV"])
def test_production_names_what_is_missing(tmp_path: Path, name: str) -> None:
    stopped = start(tmp_path, {key: value for key, value in PRODUCTION.items() if key != name})
    assert stopped.returncode != 0
    assert f"{name} is not set" in stopped.stderr


@pytest.mark.parametrize(
    ("name", "value", "said"),
    [
        ("EIR_ENV", "live", "EIR_ENV is 'live'"),
        ("SITE_URL", "http://magazine.example", "SITE_URL must start with https://"),
        ("SITE_URL", "magazine.example", "SITE_URL is 'magazine.example'"),
        ("SECRET_KEY", "short", "SECRET_KEY is too short"),
        ("DATABASE_URL", "mysql://a:b@c/d", "DATABASE_URL must start with postgres://"),
        ("REDIS_URL", "localhost:6379", "REDIS_URL is not an address"),
        ("EMAIL_URL", "mail.magazine.example", "EMAIL_URL is not an address"),
        ("DIGEST_FROM_ADDRESS", "weekly", "DIGEST_FROM_ADDRESS does not look right"),
        ("STRIPE_SECRET_KEY", "pk_live_x", "STRIPE_SECRET_KEY does not look right"),
        ("STRIPE_SECRET_KEY", "sk_test_x", "STRIPE_SECRET_KEY is a test key"),
        ("STRIPE_WEBHOOK_SECRETS", "secret", "STRIPE_WEBHOOK_SECRETS must be a list"),
        ("ACCENT_COLOUR", "red", "ACCENT_COLOUR does not look right"),
        ("TIME_ZONE", "Mars/Olympus", "TIME_ZONE is 'Mars/Olympus'"),
        ("PAST_DUE_GRACE_DAYS", "-3", "PAST_DUE_GRACE_DAYS is '-3'"),
        ("STAFF_MFA_REQUIRED", "perhaps", "STAFF_MFA_REQUIRED is 'perhaps'"),
    ],
)
def test_production_refuses_nonsense_in_a_sentence(tmp_path: Path, name: str, value: str, said: str) -> None:
    stopped = start(tmp_path, PRODUCTION | {name: value})
    assert stopped.returncode != 0
    assert said in stopped.stderr
