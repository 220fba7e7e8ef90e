"""Random people press random buttons: no state outside the table, nothing public without its approvals."""

from collections.abc import Callable
from dataclasses import replace
from datetime import datetime, timedelta

from hypothesis import given, settings
from hypothesis import strategies as st
from hypothesis.extra.django import TestCase

from accounts.models import AuditEntry, User
from accounts.roles import EDITOR, PUBLISHER, WRITER
from articles.models import Article, State
from editorial import actions
from editorial.content import content_at, content_of, head_content
from editorial.models import LegalHold, Review, Verdict
from editorial.queries.reviews import person_behind
from editorial.workflow import TRANSITIONS
from tests.factories.desk import NOW, draft, path, person, section

CHECKER = "Fact checkers"
Press = Callable[[Article, User, datetime], object]


def _save(article: Article, by: User, at: datetime) -> object:
    text = replace(head_content(article), body=f"<p>Written at {at.isoformat()} by {by.pk}.</p>")
    return actions.save_draft(article=article, content=text, by=by, at=at)


def _simply(name: str, **details: object) -> Press:
    action = getattr(actions, name)
    return lambda article, by, at: action(article=article, by=by, at=at, **details)


PRESSES: dict[str, Press] = {
    "save": _save,
    "restore": lambda article, by, at: actions.restore_revision(article=article, number=1, by=by, at=at),
    "submit": _simply("submit_article"),
    "recall": _simply("recall_article"),
    "approve": _simply("approve_article"),
    "request changes": _simply("request_changes", reason="Again."),
    "publish": _simply("publish_article"),
    "schedule": lambda article, by, at: actions.publish_article(
        article=article, by=by, at=at, when=at + timedelta(minutes=45)
    ),
    "unschedule": _simply("unschedule_article"),
    "correct": _simply("correct_article", notice="It was Tuesday.", reason="Misheard."),
    "discard": _simply("discard_draft"),
    "unpublish": _simply("unpublish_article"),
    "end": lambda article, by, at: actions.place_article(
        article=article, by=by, at=at, unpublish_at=at + timedelta(minutes=70)
    ),
    "embargo": lambda article, by, at: actions.place_article(
        article=article, by=by, at=at, embargo_until=at + timedelta(minutes=70)
    ),
    "kill": _simply("kill_article", reason="Wrong."),
    "revive": _simply("revive_article", reason="Right."),
    "hold": _simply("place_hold", reason="A letter came."),
    "lift": _simply("lift_hold", reason="Settled."),
    "due": lambda article, by, at: actions.publish_due(at=at),
}
ROLES = (WRITER, EDITOR, CHECKER, PUBLISHER)
USUALLY = {
    **dict.fromkeys(("save", "restore", "submit", "recall", "discard"), WRITER),
    **dict.fromkeys(("approve", "request changes"), EDITOR),
}
"""Whose button it mostly is; the others are mostly the publisher's. Everybody tries every button, though."""

STEPS = st.lists(
    st.sampled_from(sorted(PRESSES)).flatmap(
        lambda name: st.tuples(
            st.just(name), st.sampled_from([USUALLY.get(name, PUBLISHER)] * 8 + list(ROLES))
        )
    ),
    max_size=20,
)
FORWARD = [
    ("submit", WRITER),
    ("approve", EDITOR),
    ("approve", CHECKER),
    ("publish", PUBLISHER),
    ("save", WRITER),
]
"""Pressed in part before the random ones, so that they also begin where few of them would lead."""

ARROWS = {
    (move.name, source.value, target.value) for move in TRANSITIONS for source, target in move.path.items()
}


class RandomDeskTest(TestCase):
    @settings(max_examples=60, deadline=None)
    @given(st.integers(0, len(FORWARD)), STEPS, st.booleans())
    def test_whatever_is_pressed(
        self, done: int, presses: list[tuple[str, str]], needs_two_people: bool
    ) -> None:
        path(
            ("Editing", EDITOR, 1),
            ("Fact check", CHECKER, 1),
            of=section(),
            needs_two_people=needs_two_people,
        )
        self.staff = {role: person(role) for role in (WRITER, EDITOR, CHECKER, PUBLISHER)}
        article, at = draft(self.staff[WRITER]), NOW
        for name, role in FORWARD[:done] + presses:
            at += timedelta(minutes=30)
            before, is_held = self._public_text(at), LegalHold.objects.filter(lifted_at=None).exists()
            self._press(name, article, self.staff[role], at)
            after = Article.objects.get(pk=article.pk)
            self._expect_rows_to_agree(after, at)
            public = self._public_text(at)
            if public is not None:
                self._expect_approval(after, public)
            if public not in (None, before):
                assert not is_held or name == "lift"
        self._expect_only_arrows_of_the_table(article)

    def _press(self, name: str, article: Article, by: User, at: datetime) -> None:
        try:
            PRESSES[name](article, by, at)
        except (actions.CannotMove, actions.CannotSave):
            article.refresh_from_db()

    def _expect_rows_to_agree(self, article: Article, at: datetime) -> None:
        """The row has the public text when there is one, otherwise the latest."""
        is_shown = article.public_version is not None
        shown = article.public_version if is_shown else article.version
        assert shown is not None
        assert content_of(article) == content_at(article, shown)
        if article.state in (State.UNPUBLISHED, State.KILLED):
            assert not Article.objects.visible(at=at).exists()

    def _public_text(self, at: datetime) -> str | None:
        found = Article.objects.visible(at=at).first()
        return None if found is None else content_of(found).body

    def _expect_approval(self, article: Article, text: str) -> None:
        """What readers see has both reviews for that text, by people who did not write the story."""
        same = article.revisions.filter(content__body=text).values_list("number", flat=True)
        approvals = Review.objects.filter(version__in=list(same), verdict=Verdict.APPROVED)
        assert {review.step_name for review in approvals} == {"Editing", "Fact check"}
        assert self.staff[WRITER].pk not in {person_behind(review) for review in approvals}

    def _expect_only_arrows_of_the_table(self, article: Article) -> None:
        moved = AuditEntry.about(article).exclude(from_state="")
        seen = {(entry.action.removesuffix(" story"), entry.from_state, entry.to_state) for entry in moved}
        assert seen <= ARROWS
        by_role = {entry.by_id for entry in moved.filter(action__in=("publish story", "schedule story"))}
        assert by_role <= {self.staff[PUBLISHER].pk, None}
