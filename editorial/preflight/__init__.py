"""What is looked at before a story may go out, and while it is being written."""

from editorial.preflight.check import Check, Remark
from editorial.preflight.checks import CHECKS
from editorial.preflight.findings import Finding, blocking, findings, levels
from editorial.preflight.subject import Term, terms_for
from editorial.preflight.unfinished import as_typed

__all__ = [
    "CHECKS",
    "Check",
    "Finding",
    "Remark",
    "Term",
    "as_typed",
    "blocking",
    "findings",
    "levels",
    "terms_for",
]
