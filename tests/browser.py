"""Finding a Chromium for the journeys, and installing one where that is allowed."""

import os
import shutil
import subprocess
import sys

NAMES = ("chromium", "chromium-browser", "google-chrome", "google-chrome-stable")


class NoBrowser(Exception):
    """There is no Chromium and none could be installed; the message says what to do."""


def find_chromium() -> str:
    """The path of a Chromium, installed if need be. Raises NoBrowser."""
    if found := installed_chromium() or from_the_system() or from_playwright():
        return found
    raise NoBrowser("The journeys need Chromium: install it, or name one with CHROMIUM=/path/to/chromium.")


def installed_chromium() -> str | None:
    """The one CHROMIUM names, or one on PATH."""
    if named := os.environ.get("CHROMIUM"):
        if not shutil.which(named):
            raise NoBrowser(f"CHROMIUM is {named}, which cannot be run.")
        return named
    return next((path for path in map(shutil.which, NAMES) if path), None)


def from_the_system() -> str | None:
    """Debian's and Ubuntu's package, where we are root."""
    if os.geteuid() != 0 or not shutil.which("apt-get"):
        return None
    print("Installing Chromium (needed once) …", flush=True)
    quiet = os.environ | {"DEBIAN_FRONTEND": "noninteractive"}
    for command in (
        ["apt-get", "update"],
        ["apt-get", "install", "-y", "--no-install-recommends", "chromium"],
    ):
        done = subprocess.run(command, env=quiet, stdout=subprocess.DEVNULL, check=False)
        if done.returncode:
            return None
    return installed_chromium()


def from_playwright() -> str | None:
    """The build that Playwright fetches for itself."""
    from playwright.sync_api import sync_playwright  # noqa: PLC0415 (slow, and only needed here)

    subprocess.run([sys.executable, "-m", "playwright", "install", "chromium"], check=False)
    with sync_playwright() as playwright:
        path = playwright.chromium.executable_path
    return path if os.access(path, os.X_OK) else None
