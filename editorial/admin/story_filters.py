"""The filters of the list of stories. None of them counts anything: a list of 100,000 opens at once."""

from datetime import datetime, time, timedelta
from typing import Any, cast

from django.contrib import admin
from django.db.models import F, Q, QuerySet
from django.http import HttpRequest
from django.utils import timezone

from accounts.queries import signed_in_user
from articles.models import Access, Article
from articles.models.article import ArticleQuerySet
from editorial.agenda import week_of
from editorial.board import assigned, assignee_choices
from editorial.queries import PILES, overdue, own_stories

Stories = QuerySet[Article]
Choices = list[tuple[str, str]]


class PileFilter(admin.SimpleListFilter):
    """The piles of the front page, so that each leads to all it counted."""

    title, parameter_name = "on my desk", "pile"

    def lookups(self, request: HttpRequest, model_admin: Any) -> Choices:
        return [(name, pile.title) for name, pile in PILES.items()]

    def queryset(self, request: HttpRequest, queryset: Stories) -> Stories:
        pile = PILES.get(self.value() or "")
        return pile.choose(queryset, signed_in_user(request), timezone.now()) if pile else queryset


class WhoseFilter(admin.SimpleListFilter):
    title, parameter_name = "whose", "whose"

    def lookups(self, request: HttpRequest, model_admin: Any) -> Choices:
        return [("mine", "Mine")]

    def queryset(self, request: HttpRequest, queryset: Stories) -> Stories:
        return own_stories(queryset, signed_in_user(request)) if self.value() == "mine" else queryset


class AssigneeFilter(admin.SimpleListFilter):
    title, parameter_name = "assignee", "assignee"

    def lookups(self, request: HttpRequest, model_admin: Any) -> Choices:
        return assignee_choices()

    def queryset(self, request: HttpRequest, queryset: Stories) -> Stories:
        known = {key for key, _ in self.lookup_choices}
        to = self.value()
        return assigned(queryset, to, signed_in_user(request)) if to in known else queryset


class DueFilter(admin.SimpleListFilter):
    title, parameter_name = "due", "due"

    def lookups(self, request: HttpRequest, model_admin: Any) -> Choices:
        return [("overdue", "Overdue"), ("today", "Today"), ("week", "This week"), ("never", "No due time")]

    def queryset(self, request: HttpRequest, queryset: Stories) -> Stories:
        now = timezone.now()
        today = timezone.localtime(now).date()
        match self.value():
            case "overdue":
                return queryset.filter(overdue(now))
            case "today":
                start = datetime.combine(today, time.min, timezone.get_current_timezone())
                end = datetime.combine(today + timedelta(days=1), time.min, start.tzinfo)
            case "week":
                start, end = week_of(today).limits
            case "never":
                return queryset.filter(assignment__due_at=None)
            case _:
                return queryset
        return queryset.filter(assignment__due_at__gte=start, assignment__due_at__lt=end)


class AccessFilter(admin.SimpleListFilter):
    """Who may read now, as `Article.ruling` has it: by the story itself, a rule or its section."""

    title, parameter_name = "who may read", "access"

    def lookups(self, request: HttpRequest, model_admin: Any) -> Choices:
        return [(value, str(label)) for value, label in Access.choices]

    def queryset(self, request: HttpRequest, queryset: Stories) -> Stories:
        level = self.value()
        if level not in Access.values:
            return queryset
        weighed = cast("ArticleQuerySet", queryset).with_access(at=timezone.now())
        return weighed.filter(Q(access_now=level))


class MarkFilter(admin.SimpleListFilter):
    title, parameter_name = "mark", "mark"

    def lookups(self, request: HttpRequest, model_admin: Any) -> Choices:
        return [("held", "Legal hold"), ("drafted", "Working draft beside the public text")]

    def queryset(self, request: HttpRequest, queryset: Stories) -> Stories:
        match self.value():
            case "held":
                return queryset.filter(holds__lifted_at=None, holds__isnull=False)
            case "drafted":
                return queryset.filter(public_version__isnull=False).exclude(version=F("public_version"))
        return queryset
