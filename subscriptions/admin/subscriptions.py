"""Our copies of Stripe's customers and subscriptions, to be read."""

from django.contrib import admin

from subscriptions.admin.read_only import ReadOnlyAdmin
from subscriptions.admin.reader_link import link_to_reader
from subscriptions.models import Customer, Subscription


@admin.register(Customer)
class CustomerAdmin(ReadOnlyAdmin):
    list_display = ("user", "stripe_id", "created_at", "synced_at", "deleted_at", "reader_page")
    search_fields = ("user__email", "user__name", "stripe_id")
    list_select_related = ("user",)
    show_full_result_count = False

    @admin.display(description="reader")
    def reader_page(self, customer: Customer) -> str:
        return link_to_reader(customer.user)


@admin.register(Subscription)
class SubscriptionAdmin(ReadOnlyAdmin):
    list_display = (
        "customer",
        "plan",
        "status",
        "price",
        "started_at",
        "period_end_at",
        "cancels_at",
        "reader_page",
    )
    list_filter = ("status", "plan")
    search_fields = ("customer__user__email", "customer__user__name", "customer__stripe_id", "stripe_id")
    list_select_related = ("customer__user", "plan")
    date_hierarchy = "started_at"
    show_full_result_count = False

    @admin.display(description="reader")
    def reader_page(self, subscription: Subscription) -> str:
        return link_to_reader(subscription.customer.user)
