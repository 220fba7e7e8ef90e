"""The workflow as the docs show it."""

from pathlib import Path

from articles.models import State
from editorial.diagram import arrows, draw_workflow
from editorial.workflow import TRANSITIONS

PAGE = Path(__file__).resolve().parent.parent.parent / "docs" / "workflow.md"


def test_the_docs_show_the_table_as_it_is() -> None:
    assert PAGE.read_text(encoding="utf-8") == draw_workflow(), "run python manage.py draw_workflow"


def test_every_step_of_the_table_is_drawn_once() -> None:
    drawn = list(arrows())
    pairs = {(source, target) for move in TRANSITIONS for source, target in move.path.items()}
    assert len(drawn) == len(pairs)
    for move in TRANSITIONS:
        for source, target in move.path.items():
            [arrow] = [line for line in drawn if line.startswith(f"    {source.value} --> {target.value} :")]
            assert move.name in arrow


def test_every_state_can_be_reached_and_left() -> None:
    reached = {target for move in TRANSITIONS for target in move.path.values()}
    left = {source for move in TRANSITIONS for source in move.path}
    assert (reached, left) == (set(State), set(State))
