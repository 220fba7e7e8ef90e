"""Our copies of Stripe's invoices, payments and disputes, to be read."""

from django.contrib import admin

from kit.money import format_money
from subscriptions.admin.read_only import ReadOnlyAdmin, ReadOnlyInline
from subscriptions.models import Dispute, Invoice, InvoiceLine, Payment


class InvoiceLineInline(ReadOnlyInline):
    model = InvoiceLine
    fields = ("description", "quantity", "sum", "is_proration", "period_start_at", "period_end_at")
    readonly_fields = fields

    @admin.display(description="amount")
    def sum(self, line: InvoiceLine) -> str:
        return format_money(line.amount, line.invoice.currency)


@admin.register(Invoice)
class InvoiceAdmin(ReadOnlyAdmin):
    list_display = ("number", "customer", "status", "sum", "refunded", "created_at", "paid_at", "next_try_at")
    list_filter = ("status", "currency", "billing_reason")
    search_fields = ("number", "stripe_id", "customer__user__email", "customer__stripe_id")
    list_select_related = ("customer__user",)
    date_hierarchy = "created_at"
    show_full_result_count = False
    inlines = (InvoiceLineInline,)

    @admin.display(description="total", ordering="total")
    def sum(self, invoice: Invoice) -> str:
        return format_money(invoice.total, invoice.currency)

    @admin.display(description="given back", ordering="amount_refunded")
    def refunded(self, invoice: Invoice) -> str:
        return format_money(invoice.amount_refunded, invoice.currency) if invoice.amount_refunded else ""


@admin.register(Payment)
class PaymentAdmin(ReadOnlyAdmin):
    list_display = ("customer", "sum", "status", "failure_message", "card_brand", "card_last4", "created_at")
    list_filter = ("status", "failure_code")
    search_fields = ("stripe_id", "intent_id", "customer__user__email", "customer__stripe_id")
    list_select_related = ("customer__user",)
    date_hierarchy = "created_at"
    show_full_result_count = False

    @admin.display(description="amount", ordering="amount")
    def sum(self, payment: Payment) -> str:
        return format_money(payment.amount, payment.currency)


@admin.register(Dispute)
class DisputeAdmin(ReadOnlyAdmin):
    list_display = ("payment", "reason", "status", "sum", "opened_at", "closed_at")
    list_filter = ("status", "reason")
    search_fields = ("stripe_id", "payment__stripe_id", "payment__customer__user__email")
    list_select_related = ("payment",)

    @admin.display(description="amount", ordering="amount")
    def sum(self, dispute: Dispute) -> str:
        return format_money(dispute.amount, dispute.currency)
