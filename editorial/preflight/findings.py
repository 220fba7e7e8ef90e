"""All checks over one text, each as strict as the house has set it."""

from collections.abc import Iterator
from dataclasses import dataclass

from editorial.content import Content
from editorial.models import CheckRule
from editorial.preflight.check import Check
from editorial.preflight.checks import CHECKS
from editorial.preflight.subject import Subject, subject_of

MOST = 5
"""Findings of one check that are told one by one."""


@dataclass(frozen=True)
class Finding:
    """One thing a check found: what to do, in which field, and at which words of it (`passage`)."""

    check: str
    level: str
    message: str
    field: str = "body"
    passage: str = ""

    @property
    def is_blocking(self) -> bool:
        return self.level == CheckRule.Level.BLOCK


def levels() -> dict[str, str]:
    """How strict each check is now, in their order: as the house set it, else by default."""
    rules = dict(CheckRule.objects.values_list("check_name", "level"))
    return {check.name: rules.get(check.name, check.default) for check in CHECKS}


def findings(content: Content) -> list[Finding]:
    """Everything the checks have to say about the text, what blocks first."""
    subject, strictness = subject_of(content), levels()
    found = [
        finding
        for check in CHECKS
        if strictness[check.name] != CheckRule.Level.OFF
        for finding in _found_by(check, subject, strictness[check.name])
    ]
    return sorted(found, key=lambda finding: not finding.is_blocking)


def blocking(content: Content) -> list[str]:
    """What keeps the text from being published, in sentences."""
    return [finding.message for finding in findings(content) if finding.is_blocking]


def _found_by(check: Check, subject: Subject, level: str) -> Iterator[Finding]:
    """What one check found; from many things of a kind the first few, and how many there are beside."""
    remarks = list(check.look(subject))
    for remark in remarks[:MOST]:
        yield Finding(check.name, level, remark.message, remark.field, remark.passage)
    if len(remarks) > MOST:
        following, rest = remarks[MOST], len(remarks) - MOST
        message = f"{check.label}: {rest} more."
        yield Finding(check.name, level, message, following.field, following.passage)
