"""What the rules of access come to."""

from datetime import datetime
from typing import Any

from django.db.models import Count, QuerySet

from articles.models import AccessRule, Article


def stories_by_rule(*, at: datetime) -> dict[int, int]:
    """How many public stories each access rule (by key) decides at `at`, in one query; none if not named."""
    decided: QuerySet[Any] = Article.objects.visible(at=at).with_rule(at=at).order_by()
    rows = decided.values_list("rule_now").annotate(Count("pk"))
    return {rule: count for rule, count in rows if rule is not None}


def covered_rules() -> dict[int, str]:
    """The rules (by key) that can never decide, each with the name of an earlier one that covers it."""
    rules = AccessRule.objects.in_force()
    found: dict[int, str] = {}
    for number, rule in enumerate(rules):
        covering = next((earlier.name for earlier in rules[:number] if earlier.covers(rule)), None)
        if covering is not None:
            found[rule.pk] = covering
    return found
