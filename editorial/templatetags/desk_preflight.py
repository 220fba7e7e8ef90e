"""The preflight above a story's form."""

from dataclasses import asdict
from typing import Any

from django import template
from django.template import Context

from articles.models import Article
from editorial.content import head_content
from editorial.preflight import Finding, findings, terms_for

register = template.Library()


@register.inclusion_tag("editorial/_preflight.html", takes_context=True)
def desk_preflight(context: Context, article: Article) -> dict[str, Any]:
    """The findings in the latest saved text, and the house's words for the text's editor to mark."""
    content = head_content(article)
    return {
        "story": article,
        "findings": findings(content),
        "may_edit": context.get("may_edit", False),
        "terms": [asdict(term) for term in terms_for(content.language)],
    }


@register.filter
def counts(found: list[Finding]) -> str:
    """“1 blocks publication, 3 warnings”, in the fewest words that are true."""
    blocks = sum(finding.is_blocking for finding in found)
    warnings = len(found) - blocks
    parts = [
        f"{blocks} block{'s' if blocks == 1 else ''} publication" if blocks else "",
        f"{warnings} warning{'s' if warnings > 1 else ''}" if warnings else "",
    ]
    return ", ".join(filter(None, parts)) or "nothing found"


@register.filter
def has_blocking(found: list[Finding]) -> bool:
    return any(finding.is_blocking for finding in found)
