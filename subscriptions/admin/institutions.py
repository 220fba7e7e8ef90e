"""Institutions: who reads by network or by e-mail domain, from when until when."""

from typing import Any

from django.contrib import admin, messages
from django.db.models import Count, Q, QuerySet
from django.forms import ModelForm
from django.http import HttpRequest
from django.utils import timezone
from unfold.admin import ModelAdmin, TabularInline

from accounts.queries import signed_in_user
from subscriptions.actions.institutions import follow_institution
from subscriptions.models import Grant, Institution, InstitutionDomain, InstitutionNetwork


class NetworkInline(TabularInline):  # type: ignore[misc]  # the library has no types
    model = InstitutionNetwork
    fields = ("cidr", "covers")
    readonly_fields = ("covers",)
    extra = 1
    verbose_name_plural = "networks"

    @admin.display(description="covers")
    def covers(self, network: InstitutionNetwork) -> str:
        return addresses(network.size) if network.pk else "–"


class DomainInline(TabularInline):  # type: ignore[misc]
    model = InstitutionDomain
    fields = ("domain",)
    extra = 1
    verbose_name_plural = "e-mail domains"


@admin.register(Institution)
class InstitutionAdmin(ModelAdmin):  # type: ignore[misc]
    list_display = ("name", "starts_at", "ends_at", "is_active", "covers", "readers")
    list_filter = ("is_active",)
    search_fields = ("name", "contact", "domains__domain", "networks__cidr")
    readonly_fields = ("covers", "readers")
    inlines = (NetworkInline, DomainInline)

    def get_queryset(self, request: HttpRequest) -> QuerySet[Institution]:
        current = Count("grants", filter=Q(grants__in=Grant.objects.current(at=timezone.now())))
        found: QuerySet[Institution] = super().get_queryset(request)
        return found.prefetch_related("networks").annotate(reading=current)

    def has_delete_permission(self, request: HttpRequest, obj: Institution | None = None) -> bool:
        return False  # close it instead: what its readers had stays in the ledger

    @admin.display(description="addresses covered")
    def covers(self, institution: Institution) -> str:
        return addresses(sum(network.size for network in institution.networks.all()))

    @admin.display(description="readers with an account")
    def readers(self, institution: Institution) -> int:
        return int(getattr(institution, "reading", 0))

    def save_related(self, request: HttpRequest, form: ModelForm, formsets: Any, change: bool) -> None:  # type: ignore[type-arg]
        super().save_related(request, form, formsets, change)
        institution = form.instance
        follow_institution(institution=institution, by=signed_in_user(request), at=timezone.now())
        covered = self.covers(institution)
        self.message_user(request, f"{institution} covers {covered} by network.", messages.INFO)


def addresses(count: int) -> str:
    """`1 address`, `65,536 addresses`; of IPv6 ranges the power of two, which nobody could read out."""
    if count > 1 << 40:
        return f"2^{count.bit_length() - 1} addresses"
    return f"{count:,} address" + ("" if count == 1 else "es")
