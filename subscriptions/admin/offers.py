"""Codes, and offers to those who leave or have left."""

from typing import Any, ClassVar

from django.contrib import admin
from django.db.models import QuerySet
from django.forms import ModelForm
from django.http import HttpRequest
from unfold.widgets import UnfoldAdminCheckboxSelectMultipleWidget

from subscriptions.admin.sold import SoldAdmin
from subscriptions.models import Offer
from subscriptions.offers import with_redemptions


class OfferForm(ModelForm):  # type: ignore[type-arg]  # not subscriptable at run time
    class Meta:
        model = Offer
        fields = "__all__"  # noqa: DJ007 (fieldsets of the admin say which)
        widgets: ClassVar = {"plans": UnfoldAdminCheckboxSelectMultipleWidget}

    def clean(self) -> dict[str, Any]:
        given: dict[str, Any] = super().clean() or {}
        self._check_reduction(given)
        self._check_length(given)
        self._check_code(given)
        starts_at, ends_at = given.get("starts_at"), given.get("ends_at")
        if starts_at and ends_at and ends_at <= starts_at:
            self.add_error("ends_at", "It ends before it starts.")
        return given

    def _check_reduction(self, given: dict[str, Any]) -> None:
        percent, amount = given.get("percent_off"), given.get("amount_off")
        if (percent is None) == (amount is None):
            self.add_error("percent_off", "Give either a percentage or an amount.")
        if amount is not None and not given.get("currency"):
            self.add_error("currency", "An amount needs its currency.")
        if amount is None:
            given["currency"] = ""

    def _check_length(self, given: dict[str, Any]) -> None:
        is_some_months = given.get("duration") == Offer.Duration.REPEATING
        if is_some_months and not given.get("months"):
            self.add_error("months", "For how many months?")
        if not is_some_months:
            given["months"] = None

    def _check_code(self, given: dict[str, Any]) -> None:
        is_code = given.get("kind") == Offer.Kind.CODE
        code = given.get("code", "")
        if is_code and not code and "code" not in self.errors:
            self.add_error("code", "Readers need something to type.")
        if not is_code:
            given["code"] = ""
        elif Offer.objects.filter(code__iexact=code).exclude(pk=self.instance.pk).exists():
            self.add_error("code", "Another offer has this code; capitals make no difference.")


@admin.register(Offer)
class OfferAdmin(SoldAdmin):
    form = OfferForm
    list_display = ("name", "reduction", "kind", "code", "redeemed", "starts_at", "ends_at", "is_active")
    list_filter = ("kind", "is_active")
    search_fields = ("name", "code")
    fieldsets = (
        (None, {"fields": ("name", "kind", "code", "is_active")}),
        ("Reduction", {"fields": ("percent_off", "amount_off", "currency", "duration", "months")}),
        ("For whom, and when", {"fields": ("plans", "starts_at", "ends_at", "max_redemptions")}),
    )

    def get_queryset(self, request: HttpRequest) -> QuerySet[Offer]:
        return with_redemptions(super().get_queryset(request))

    @admin.display(description="redeemed", ordering="redemptions")
    def redeemed(self, offer: Any) -> str:
        most = f" of {offer.max_redemptions}" if offer.max_redemptions else ""
        return f"{offer.redemptions}{most}"
