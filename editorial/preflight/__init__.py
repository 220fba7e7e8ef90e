"""What is looked at before a story may go out."""

from editorial.preflight.findings import Finding, blocking, findings

__all__ = ["Finding", "blocking", "findings"]
