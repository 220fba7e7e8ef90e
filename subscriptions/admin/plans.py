"""What the publisher sells."""

from typing import Any, ClassVar

from django.contrib import admin, messages
from django.core.exceptions import ValidationError
from django.forms import ModelForm
from django.http import HttpRequest
from django.urls import reverse
from django.utils.html import format_html
from unfold.admin import TabularInline

from kit.money import format_money
from subscriptions.admin.sold import SoldAdmin
from subscriptions.models import Plan, PlanCurrency, PlanPrice, Status, Subscription

LIVING = (Status.ACTIVE, Status.TRIALING, Status.PAST_DUE, Status.UNPAID, Status.PAUSED)


class PlanForm(ModelForm):  # type: ignore[type-arg]  # not subscriptable at run time
    class Meta:
        model = Plan
        fields = "__all__"  # noqa: DJ007 (fieldsets of the admin say which)

    def clean(self) -> dict[str, Any]:
        given: dict[str, Any] = super().clean() or {}
        self._check_seats(given)
        self._check_suggestion(given)
        if not given.get("trial_days") and not given.get("trial_needs_card", True):
            self.add_error("trial_needs_card", "There is no trial: give its days, or ask for the card.")
        return given

    def _check_seats(self, given: dict[str, Any]) -> None:
        if given.get("is_for_groups") and given.get("least_seats", 1) > given.get("most_seats", 1):
            self.add_error("most_seats", "Fewer than the least seats.")
        if given.get("is_for_groups") and given.get("is_giftable"):
            self.add_error("is_giftable", "Seats cannot be given as a gift.")

    def _check_suggestion(self, given: dict[str, Any]) -> None:
        suggested, least = given.get("suggested_amount"), given.get("amount")
        if suggested and not given.get("is_open_amount"):
            self.add_error("suggested_amount", "Readers do not choose this plan's price.")
        elif suggested and least and suggested < least:
            self.add_error("suggested_amount", "Less than the least a reader can pay.")

    def clean_interval(self) -> str:
        interval: str = self.cleaned_data["interval"]
        if self.instance.pk and interval != self.instance.interval and self.instance.subscriptions.exists():
            raise ValidationError("Readers subscribe to it as it is; make a new plan for another interval.")
        return interval


class CurrencyInline(TabularInline):  # type: ignore[misc]  # the library has no types
    model = PlanCurrency
    fields = ("currency", "amount")
    extra = 1


class PriceInline(TabularInline):  # type: ignore[misc]
    """Every price it ever had; whoever pays one of these is a reader of it."""

    model = PlanPrice
    verbose_name_plural = "prices so far"
    fields = readonly_fields = ("price", "is_current", "created_at", "payers", "stripe_id")
    ordering = ("-is_current", "-created_at")
    extra = 0
    can_delete = False

    def has_add_permission(self, request: HttpRequest, obj: object = None) -> bool:
        return False

    def has_change_permission(self, request: HttpRequest, obj: object = None) -> bool:
        return False

    @admin.display(description="price")
    def price(self, price: PlanPrice) -> str:
        return str(price)

    @admin.display(description="who pay it")
    def payers(self, price: PlanPrice) -> int:
        return Subscription.objects.filter(price_id=price.stripe_id, status__in=LIVING).count()


@admin.register(Plan)
class PlanAdmin(SoldAdmin):
    form = PlanForm
    list_display = ("name", "price", "interval", "trial_days", "position", "is_active", "is_published")
    list_editable = ("position", "is_active")
    prepopulated_fields: ClassVar[dict[str, tuple[str, ...]]] = {"key": ("name",)}
    inlines = (CurrencyInline, PriceInline)
    fieldsets = (
        (None, {"fields": ("name", "key", "description", "position", "is_active")}),
        ("Price", {"fields": ("amount", "currency", "interval", "is_open_amount", "suggested_amount")}),
        ("Trial", {"fields": ("trial_days", "trial_needs_card")}),
        ("Printed copy and gifts", {"fields": ("has_print", "is_giftable")}),
        ("Groups", {"fields": ("is_for_groups", "least_seats", "most_seats")}),
    )

    @admin.display(description="in Stripe", boolean=True)
    def is_published(self, plan: Plan) -> bool:
        return bool(plan.stripe_price_id)

    def get_readonly_fields(self, request: HttpRequest, obj: Plan | None = None) -> tuple[str, ...]:
        return ("key",) if obj and obj.stripe_price_id else ()

    def get_prepopulated_fields(
        self, request: HttpRequest, obj: Plan | None = None
    ) -> dict[str, tuple[str, ...]]:
        return {} if obj else self.prepopulated_fields

    def save_model(self, request: HttpRequest, obj: Plan, form: PlanForm, change: bool) -> None:
        super().save_model(request, obj, form, change)
        if change and {"amount", "currency"} & set(form.changed_data):
            self._warn_of_old_prices(request, obj)

    def _warn_of_old_prices(self, request: HttpRequest, plan: Plan) -> None:
        """Those who subscribe already keep their price; a new one for them has to be told beforehand."""
        keep = plan.subscriptions.filter(status__in=LIVING, currency=plan.currency)
        count = keep.exclude(amount=plan.amount).count()
        if not count:
            return
        who = "One reader who subscribes goes" if count == 1 else f"{count} readers who subscribe go"
        text = "{} on paying what they pay now; {} is for new readers. {}"
        price = format_money(plan.amount, plan.currency)
        self.message_user(request, format_html(text, who, price, _way_to_raise(plan)), messages.WARNING)


def _way_to_raise(plan: Plan) -> str:
    link = "<a href='{}?plan={}'>Raise the price for them</a>, with notice."
    return format_html(link, reverse("admin:subscriptions_pricerise_add"), plan.pk)
