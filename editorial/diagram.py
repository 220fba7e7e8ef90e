"""The desk's table as a page of the docs: a diagram (Mermaid) and a table, both made from the code."""

from collections.abc import Iterator

from articles.models import State
from editorial.workflow import TRANSITIONS, Transition

HEAD = """\
# The workflow

Made from `editorial/workflow.py` by `python manage.py draw_workflow`; a test fails when it is out of date.
The state is that of a story's latest text: readers of a public story see the last published one until the
next is published.

```mermaid
stateDiagram-v2
    direction LR
"""
TABLE = """\
| move | from → to | who may | what is checked | what follows |
|---|---|---|---|---|
"""


def draw_workflow() -> str:
    """The whole page, as Markdown."""
    lines = [f"    {state.value} : {state.label}" for state in State]
    lines += ["    [*] --> draft", *arrows(), "    killed --> [*]"]
    return HEAD + "\n".join(lines) + "\n```\n\n" + TABLE + "\n".join(map(_row, TRANSITIONS)) + "\n"


def arrows() -> Iterator[str]:
    """One arrow for each two states, with all the moves that lead from one to the other."""
    moves: dict[tuple[State, State], list[str]] = {}
    for transition in TRANSITIONS:
        for source, target in transition.path.items():
            moves.setdefault((source, target), []).append(transition.name)
    for (source, target), names in moves.items():
        yield f"    {source.value} --> {target.value} : {', '.join(names)}"


def _row(transition: Transition) -> str:
    cells = (
        f"**{transition.name}**",
        "<br>".join(_paths(transition)),
        f"`{transition.permission}`" if transition.permission else "as checked",
        _sentences([check.value for check in transition.checks]),
        _sentences([effect.value for effect in transition.effects]),
    )
    return f"| {' | '.join(cells)} |"


def _paths(transition: Transition) -> Iterator[str]:
    """The states by where they lead."""
    targets: dict[State, list[str]] = {}
    for source, target in transition.path.items():
        targets.setdefault(target, []).append(source.label)
    for target, sources in targets.items():
        yield f"{', '.join(sources)} → {target.label}"


def _sentences(parts: list[str]) -> str:
    return "; ".join(parts) or "–"
