"""The filters of the audit trail: fields of one form."""

from collections.abc import Sequence
from datetime import datetime, time
from typing import Any

from django import forms
from django.apps import apps
from django.contrib.admin import SimpleListFilter
from django.contrib.admin.options import IncorrectLookupParameters
from django.db.models import Q, QuerySet
from django.http import HttpRequest
from django.utils.dateparse import parse_date, parse_datetime
from django.utils.timezone import make_aware

from accounts.models import AuditEntry
from accounts.queries import distinct_in_trail

Entries = QuerySet[AuditEntry]


class FieldFilter(SimpleListFilter):
    """A field of a form in place of Django's list of links. An empty field filters nothing."""

    parameter_name: str

    def lookups(self, request: HttpRequest, model_admin: Any) -> Sequence[tuple[str, str]]:
        return ()

    def has_output(self) -> bool:
        return True

    def queryset(self, request: HttpRequest, queryset: Entries) -> Entries:
        value = (self.value() or "").strip()
        return self.narrow(queryset, value) if value else queryset

    def narrow(self, entries: Entries, value: str) -> Entries:
        """The entries that the filter keeps when its field holds `value`."""
        raise NotImplementedError

    def field(self) -> str:
        """The input, drawn for the template."""
        attributes = {"id": f"filter-{self.parameter_name}"}
        return self.widget().render(self.parameter_name, self.value() or "", attributes)

    def widget(self) -> forms.Widget:
        return forms.TextInput()


class WhoFilter(FieldFilter):
    """Part of the address that was recorded, or of the name the account has now."""

    title, parameter_name = "who", "who"

    def narrow(self, entries: Entries, value: str) -> Entries:
        return entries.filter(Q(by_label__icontains=value) | Q(by__name__icontains=value))


class ValueFilter(FieldFilter):
    """One of the values that a column of the trail holds; `parameter_name` is the column."""

    def lookups(self, request: HttpRequest, model_admin: Any) -> Sequence[tuple[str, str]]:
        return [(value, self.label_of(value)) for value in distinct_in_trail(self.parameter_name) if value]

    def label_of(self, value: str) -> str:
        return state_label(value)

    def narrow(self, entries: Entries, value: str) -> Entries:
        return entries.filter(**{self.parameter_name: value})

    def widget(self) -> forms.Widget:
        return forms.Select(choices=[("", "all"), *self.lookup_choices])


class ActionFilter(ValueFilter):
    title, parameter_name = "action", "action"


class KindFilter(ValueFilter):
    title, parameter_name = "kind", "target_type"

    def label_of(self, value: str) -> str:
        return kind_label(value)


class NumberFilter(FieldFilter):
    """The number of the object; with its kind, all that happened to one thing."""

    title, parameter_name = "number", "target_id"

    def narrow(self, entries: Entries, value: str) -> Entries:
        return entries.filter(target_id=value)


class FromStateFilter(ValueFilter):
    title, parameter_name = "from state", "from_state"


class ToStateFilter(ValueFilter):
    title, parameter_name = "to state", "to_state"


class MomentFilter(FieldFilter):
    """A moment in the newsroom's time zone."""

    def moment(self, value: str, *, otherwise: time) -> datetime:
        """The moment typed in; `otherwise` is the time of a day given without one.

        Raises:
            IncorrectLookupParameters: it is no date.
        """
        try:
            day = parse_date(value)
            moment = datetime.combine(day, otherwise) if day else parse_datetime(value)
        except ValueError as error:
            raise IncorrectLookupParameters(error) from error
        if moment is None:
            raise IncorrectLookupParameters(f"{value} is no date.")
        return moment if moment.tzinfo else make_aware(moment)

    def widget(self) -> forms.Widget:
        return forms.TextInput(attrs={"type": "datetime-local"})


class SinceFilter(MomentFilter):
    title, parameter_name = "since", "since"

    def narrow(self, entries: Entries, value: str) -> Entries:
        return entries.filter(at__gte=self.moment(value, otherwise=time.min))


class UntilFilter(MomentFilter):
    title, parameter_name = "until", "until"

    def narrow(self, entries: Entries, value: str) -> Entries:
        return entries.filter(at__lte=self.moment(value, otherwise=time.max))


FILTERS = (
    WhoFilter,
    ActionFilter,
    KindFilter,
    NumberFilter,
    FromStateFilter,
    ToStateFilter,
    SinceFilter,
    UntilFilter,
)


def kind_label(target_type: str) -> str:
    """What the desk calls this kind of object: `articles.article` is an article."""
    try:
        return str(apps.get_model(target_type)._meta.verbose_name)  # noqa: SLF001 (Django's documented API)
    except (LookupError, ValueError):
        return target_type  # a model that is no more


def state_label(state: str) -> str:
    """A state in words, whichever app it belongs to."""
    return state.replace("_", " ")
