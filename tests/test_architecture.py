"""What import-linter cannot see: one door for body text, and sizes that stay readable."""

import ast
from collections.abc import Iterator
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parent.parent
APPS = ("accounts", "articles", "editorial", "eir", "kit", "newsletters", "subscriptions")
OURS = (*APPS, "demo", "sandbox")

# The door itself, and the places of the desk that handle the text as it is being written.
MAY_TOUCH_BODY = {
    "articles/paywall.py",
    "editorial/actions/comments.py",
    "editorial/actions/drafts.py",
    "editorial/actions/moves.py",
    "editorial/actions/texts.py",
    "editorial/comparison.py",
    "editorial/content.py",
    "editorial/preflight/subject.py",
    "editorial/views/comments.py",
}
FUNCTION_LINES, FILE_LINES = 40, 400


def sources(*packages: str) -> Iterator[Path]:
    for package in packages:
        for path in (ROOT / package).rglob("*.py"):
            if "migrations" not in path.parts:
                yield path


def parsed(path: Path) -> ast.Module:
    return ast.parse(path.read_text(encoding="utf-8"))


def name_of(path: Path) -> str:
    return path.relative_to(ROOT).as_posix()


def touches_article_body(tree: ast.Module) -> bool:
    """Whether the code reads `.body` of anything but a request, an event or a wire story."""
    owners = [
        ast.unparse(node.value)
        for node in ast.walk(tree)
        if isinstance(node, ast.Attribute) and node.attr == "body"
    ]
    return any(not owner.endswith(("request", "event", "story", "dispatch")) for owner in owners)


def test_body_text_is_read_through_one_door() -> None:
    touching = {name_of(path) for path in sources(*APPS) if touches_article_body(parsed(path))}
    assert touching == MAY_TOUCH_BODY


@pytest.mark.parametrize(
    ("code", "is_caught"),
    [
        ("article.body", True),
        ("self.article.body", True),
        ("Article.objects.get().body", True),
        ("request.body", False),
        ("article.standfirst", False),
    ],
)
def test_the_check_itself_catches_a_side_door(code: str, is_caught: bool) -> None:
    assert touches_article_body(ast.parse(code)) == is_caught


def test_no_template_reads_body_text() -> None:
    reading = [
        name_of(path)
        for path in (ROOT / "templates").rglob("*.*")
        if any(f"{name}.body" in path.read_text(encoding="utf-8") for name in ("article", "story"))
    ]
    assert reading == []


def test_functions_and_files_keep_to_the_sizes_of_the_design() -> None:
    long_files, long_functions = [], []
    for path in sources(*OURS):
        if path.read_text(encoding="utf-8").count("\n") > FILE_LINES:
            long_files.append(name_of(path))
        for node in ast.walk(parsed(path)):
            if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef):
                lines = (node.end_lineno or node.lineno) - node.lineno + 1
                if lines > FUNCTION_LINES:
                    long_functions.append(f"{name_of(path)}: {node.name}")
    assert (long_files, long_functions) == ([], [])


def test_every_function_says_what_it_returns() -> None:
    silent = [
        f"{name_of(path)}: {node.name}"
        for path in sources(*OURS)
        for node in ast.walk(parsed(path))
        if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef) and node.returns is None
    ]
    assert silent == []
