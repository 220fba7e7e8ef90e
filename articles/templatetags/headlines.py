"""The names of stories in tables that know their addresses only."""

import re
from collections.abc import Sequence
from dataclasses import replace

from django import template

from articles.models import Article
from kit.reporting import Link, Report

register = template.Library()
STORY = re.compile(r"^/articles/([-\w]+)/$")


@register.simple_tag
def with_headlines(reports: Sequence[Report]) -> list[Report]:
    """The reports with headlines for the addresses of stories that still exist, in one query for all."""
    paths = {cell.url for report in reports for row in report.rows for cell in row if isinstance(cell, Link)}
    found = {path: match[1] for path in paths if (match := STORY.match(path))}
    if not found:
        return list(reports)
    names = dict(Article.objects.filter(slug__in=found.values()).values_list("slug", "headline"))
    titles = {path: names[slug] for path, slug in found.items() if slug in names}
    return [_named(report, titles) for report in reports]


def _named(report: Report, titles: dict[str, str]) -> Report:
    rows = [
        tuple(
            replace(cell, cell=titles.get(cell.url, cell.cell)) if isinstance(cell, Link) else cell
            for cell in row
        )
        for row in report.rows
    ]
    return replace(report, rows=rows)
