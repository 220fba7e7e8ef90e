"""No sequence of reads, logins, logouts, cookie edits and clock jumps reads more than it may.

Real requests by several browsers and two accounts, beside a model that knows the rules and nothing of the
code: a page holds the whole text exactly when the model says so.
"""

from dataclasses import dataclass
from datetime import date, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
import time_machine
from django.core.cache import cache
from django.db import transaction
from django.test import Client
from hypothesis import HealthCheck, settings, strategies
from hypothesis.stateful import (
    RuleBasedStateMachine,
    invariant,
    precondition,
    rule,
    run_state_machine_as_test,
)
from pytest_django.fixtures import Settings

from accounts.models import User
from articles.models import Article, MeterRead
from subscriptions.models import Grant, Source
from tests.articles.metering import gated_stories, press, reads_whole
from tests.factories.accounts import PASSWORD, UserFactory
from tests.factories.articles import NOW

VISITOR, REGISTERED, PASS_SECONDS = 1, 2, 60
STORIES, BROWSERS, ACCOUNTS = 4, 3, 2
NEWSROOM = ZoneInfo("America/New_York")
COOKIES = ("sessionid", "meter", "pass")
AHEAD = {"Sec-Purpose": "prefetch"}

Identity = User | str
"""An account, or the cookie of a browser's meter."""

browsers = strategies.integers(0, BROWSERS - 1)
accounts = strategies.integers(0, ACCOUNTS - 1)
stories = strategies.integers(0, STORIES - 1)
names = strategies.sampled_from(COOKIES)


@dataclass(frozen=True)
class Pass:
    """What a pass was given for."""

    at: datetime
    session: str
    meter: str
    ends_at: datetime | None
    """When the right it tells of was to end, as far as was known; None: it tells of none."""
    opened: frozenset[int]

    def opens(self, story: int, at: datetime) -> bool:
        has_right = self.ends_at is not None and at < self.ends_at
        was_opened = story in self.opened and month(at) == month(self.at)
        return self.at <= at < self.at + timedelta(seconds=PASS_SECONDS) and (has_right or was_opened)


def month(at: datetime) -> date:
    return at.astimezone(NEWSROOM).date().replace(day=1)


class Paywall(RuleBasedStateMachine):
    """Browsers before the paywall, and what they may read."""

    def __init__(self) -> None:
        super().__init__()
        self.work = transaction.atomic()
        self.work.__enter__()
        self.travel = time_machine.travel(NOW, tick=False)
        self.clock = self.travel.start()
        cache.clear()
        self.stories: list[Article] = gated_stories(STORIES)
        self.accounts: list[User] = [UserFactory.create() for _ in range(ACCOUNTS)]
        self.browsers = [Client() for _ in range(BROWSERS)]
        self.at = NOW
        self.sessions: dict[str, User] = {}
        self.meters: set[str] = set()
        self.passes: dict[str, Pass] = {}
        self.seen: dict[str, list[str]] = {name: [] for name in COOKIES}
        self.opened: dict[tuple[Identity, date], set[int]] = {}
        self.own: dict[tuple[Identity, date], set[int]] = {}
        self.rights: dict[User, tuple[Grant, datetime]] = {}

    def teardown(self) -> None:
        self.travel.stop()
        transaction.set_rollback(True)
        self.work.__exit__(None, None, None)
        cache.clear()

    # ---------------------------------------------------------------- the model

    def cookie(self, browser: int, name: str) -> str:
        found = self.browsers[browser].cookies.get(name)
        return found.value if found else ""

    def account(self, browser: int) -> User | None:
        return self.sessions.get(self.cookie(browser, "sessionid"))

    def identity(self, browser: int) -> Identity | None:
        meter = self.cookie(browser, "meter")
        return self.account(browser) or (meter if meter in self.meters else None)

    def opened_by(self, who: Identity | None) -> set[int]:
        return self.opened.setdefault((who, month(self.at)), set()) if who else set()

    def right_ends_at(self, browser: int) -> datetime | None:
        account = self.account(browser)
        grant, ends_at = self.rights.get(account, (None, None)) if account else (None, None)
        if grant is None or ends_at is None or not grant.starts_at <= self.at < ends_at:
            return None
        return ends_at

    def by_pass(self, browser: int, story: int) -> bool:
        facts = self.passes.get(self.cookie(browser, "pass"))
        if facts is None:
            return False
        bearer = (self.cookie(browser, "sessionid"), self.cookie(browser, "meter"))
        return bearer == (facts.session, facts.meter) and facts.opens(story, self.at)

    def may_read(self, browser: int, story: int) -> bool:
        """Without opening anything new."""
        has_right = self.right_ends_at(browser) is not None
        return has_right or self.by_pass(browser, story) or story in self.opened_by(self.identity(browser))

    def open(self, who: Identity, story: int) -> bool:
        opened = self.opened_by(who)
        if len(opened) >= (REGISTERED if isinstance(who, User) else VISITOR):
            return False
        opened.add(story)
        self.own.setdefault((who, month(self.at)), set()).add(story)
        return True

    def remember(self, browser: int) -> None:
        """What a browser's cookies are, once an answer came."""
        for name in COOKIES:
            value = self.cookie(browser, name)
            if value and value not in self.seen[name]:
                self.seen[name].append(value)
                if name == "pass":
                    who = self.identity(browser)
                    self.passes[value] = Pass(
                        self.at,
                        self.cookie(browser, "sessionid"),
                        self.cookie(browser, "meter"),
                        self.right_ends_at(browser),
                        frozenset(self.opened_by(who)),
                    )

    # ---------------------------------------------------------------- what happens

    @rule(browser=browsers, story=stories)
    def read(self, browser: int, story: int) -> None:
        expected, who = self.may_read(browser, story), self.identity(browser)
        if not expected and who:
            expected = self.open(who, story)
        assert reads_whole(self.browsers[browser], self.stories[story]) == expected
        self.remember(browser)

    @rule(browser=browsers, story=stories)
    def look_ahead(self, browser: int, story: int) -> None:
        expected = self.may_read(browser, story)
        assert reads_whole(self.browsers[browser], self.stories[story], **AHEAD) == expected
        self.remember(browser)

    @rule(browser=browsers, story=stories)
    def press(self, browser: int, story: int) -> None:
        before, who = self.cookie(browser, "meter"), self.identity(browser)
        expected = self.may_read(browser, story)
        assert press(self.browsers[browser], self.stories[story]) == 302
        begun = self.cookie(browser, "meter")
        if not expected and who is None:
            assert begun not in {before, *self.meters}
            self.meters.add(begun)
            who = begun
        else:
            assert begun == before
        if not expected and who:
            self.open(who, story)
        self.remember(browser)

    @rule(browser=browsers, account=accounts)
    def sign_in(self, browser: int, account: int) -> None:
        if self.account(browser):
            return
        user, meter = self.accounts[account], self.cookie(browser, "meter")
        self.browsers[browser].post("/accounts/login/", {"login": user.email, "password": PASSWORD})
        self.sessions[self.cookie(browser, "sessionid")] = user
        if meter in self.meters:
            self.opened_by(user).update(self.opened_by(meter))
        self.remember(browser)

    @rule(browser=browsers)
    def sign_out(self, browser: int) -> None:
        if self.account(browser):
            ended = self.cookie(browser, "sessionid")
            self.browsers[browser].post("/accounts/logout/")
            del self.sessions[ended]
            self.remember(browser)

    @rule(account=accounts, seconds=strategies.sampled_from([1, 59, 3600, 40 * 86400]))
    def grant(self, account: int, seconds: int) -> None:
        user, ends_at = self.accounts[account], self.at + timedelta(seconds=seconds)
        if user not in self.rights:
            grant = Grant.objects.create(
                user=user, source=Source.COMP, starts_at=self.at, ends_at=ends_at, reason="For a while."
            )
            self.rights[user] = (grant, ends_at)

    @rule(account=accounts)
    def end_grant(self, account: int) -> None:
        grant, _ = self.rights.pop(self.accounts[account], (None, None))
        if grant:
            grant.delete()

    @rule(
        seconds=strategies.sampled_from([1, 30, 59, 60, 61, 86400, 31 * 86400]),
        forward=strategies.booleans(),
    )
    def jump(self, seconds: int, forward: bool) -> None:
        self.at += timedelta(seconds=seconds if forward else -seconds)
        self.at = max(self.at, NOW - timedelta(minutes=30))  # the stories are three hours old
        self.clock.move_to(self.at)

    @rule()
    def go_to_the_months_end(self) -> None:
        first = month(self.at + timedelta(days=32))
        midnight = datetime(first.year, first.month, 1, tzinfo=NEWSROOM)
        self.at = midnight.astimezone(NOW.tzinfo) - timedelta(seconds=30)
        self.clock.move_to(self.at)

    # ---------------------------------------------------------------- what is done to cookies

    @rule(browser=browsers, name=names)
    def delete_cookie(self, browser: int, name: str) -> None:
        self.browsers[browser].cookies.pop(name, None)

    @rule(browser=browsers, name=names, cut=strategies.integers(1, 40))
    def truncate_cookie(self, browser: int, name: str, cut: int) -> None:
        self.put(browser, name, self.cookie(browser, name)[:-cut])

    @rule(browser=browsers, name=names, place=strategies.integers(0, 400))
    def flip_cookie(self, browser: int, name: str, place: int) -> None:
        if value := self.cookie(browser, name):
            place %= len(value)
            other = "x" if value[place] != "x" else "y"
            self.put(browser, name, value[:place] + other + value[place + 1 :])

    @rule(browser=browsers, other=browsers, name=names)
    def swap_cookies(self, browser: int, other: int, name: str) -> None:
        mine, theirs = self.cookie(browser, name), self.cookie(other, name)
        self.put(browser, name, theirs)
        self.put(other, name, mine)

    @rule(browser=browsers, name=names, nth=strategies.integers(0, 50))
    def replay_cookie(self, browser: int, name: str, nth: int) -> None:
        if seen := self.seen[name]:
            self.put(browser, name, seen[nth % len(seen)])

    @rule(browser=browsers, name=names, taken_from=names)
    def pass_one_for_another(self, browser: int, name: str, taken_from: str) -> None:
        self.put(browser, name, self.cookie(browser, taken_from))

    def put(self, browser: int, name: str, value: str) -> None:
        if value:
            self.browsers[browser].cookies[name] = value
        else:
            self.browsers[browser].cookies.pop(name, None)

    # ---------------------------------------------------------------- what always holds

    @invariant()
    def nobody_opened_more_than_their_meter_has(self) -> None:
        for (who, _), opened in self.own.items():
            assert len(opened) <= (REGISTERED if isinstance(who, User) else VISITOR)

    @precondition(lambda self: self.opened)
    @invariant()
    def the_books_agree(self) -> None:
        assert MeterRead.objects.count() == sum(map(len, self.opened.values()))


@pytest.fixture
def limits(settings: Settings, db: None) -> None:
    settings.METER_VISITOR, settings.METER_REGISTERED = VISITOR, REGISTERED
    settings.PASS_SECONDS = PASS_SECONDS
    settings.CACHES = {"default": {"BACKEND": "django.core.cache.backends.locmem.LocMemCache"}}
    settings.PASSWORD_HASHERS = ["django.contrib.auth.hashers.MD5PasswordHasher"]
    settings.SESSION_COOKIE_AGE = 9 * 365 * 86400
    unlimited = dict.fromkeys(("start_meter", "login", "login_failed"), "100000/s/ip")
    settings.ACCOUNT_RATE_LIMITS = {**settings.ACCOUNT_RATE_LIMITS, **unlimited}


@pytest.mark.timeout(600)
@pytest.mark.usefixtures("limits")
def test_nobody_reads_more_than_they_may() -> None:
    checks = [HealthCheck.too_slow, HealthCheck.data_too_large]
    run_state_machine_as_test(
        Paywall,
        settings=settings(
            max_examples=25, stateful_step_count=40, deadline=None, suppress_health_check=checks
        ),
    )
