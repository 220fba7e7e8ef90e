"""The accent colours can be read on the site's papers."""

import pytest
from pytest_django import Settings

from articles.checks import GROUNDS, check_accent_contrast, contrast
from eir.environment import BASE_DIR


@pytest.mark.parametrize(
    ("one", "other", "ratio"),
    [("#000000", "#ffffff", 21.0), ("#777777", "#ffffff", 4.48), ("#8a1c1c", "#8a1c1c", 1.0)],
)
def test_contrast_is_that_of_wcag(one: str, other: str, ratio: float) -> None:
    assert round(contrast(one, other), 2) == round(contrast(other, one), 2) == ratio


def test_the_publications_own_colours_pass() -> None:
    assert check_accent_contrast() == []


def test_a_pale_accent_is_warned_of_by_name(settings: Settings) -> None:
    settings.PUBLICATION = {**settings.PUBLICATION, "accent": "#e0a0a0", "accent_dark": "#400000"}
    messages = [(found.id, found.msg.split(":")[0]) for found in check_accent_contrast()]
    assert (
        messages
        == [("articles.W001", "ACCENT_COLOUR is #e0a0a0")] * 3
        + [("articles.W001", "ACCENT_COLOUR_DARK is #400000")] * 2
    )


def test_the_papers_are_those_of_the_stylesheet() -> None:
    tokens = (BASE_DIR / "static/css/site.css").read_text()
    for paper, tint, on_accent in GROUNDS.values():
        for token in (f"--paper: {paper};", f"--tint: {tint};", f"--on-accent: {on_accent};"):
            assert token in tokens
