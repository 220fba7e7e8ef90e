"""Our copy of Stripe's invoices, the payments made on them, and disputes: the books."""

from django.db import models

from kit.money import format_money
from subscriptions.models.customer import Customer
from subscriptions.models.subscription import Subscription


class Invoice(models.Model):
    """An invoice as last fetched. Amounts are minor units of `currency`."""

    class Status(models.TextChoices):
        DRAFT = "draft", "draft"
        OPEN = "open", "to be paid"
        PAID = "paid", "paid"
        VOID = "void", "void"
        UNCOLLECTIBLE = "uncollectible", "written off"

    customer = models.ForeignKey(Customer, models.PROTECT, related_name="invoices")
    subscription = models.ForeignKey(
        Subscription, models.PROTECT, null=True, blank=True, related_name="invoices"
    )
    stripe_id = models.CharField(max_length=80, unique=True)
    number = models.CharField(max_length=80, blank=True)
    status = models.CharField(max_length=13, choices=Status.choices)
    billing_reason = models.CharField(max_length=40, blank=True)
    currency = models.CharField(max_length=3)
    subtotal = models.BigIntegerField(help_text="Before discount and tax.")
    discount = models.BigIntegerField(default=0)
    tax = models.BigIntegerField(default=0)
    total = models.BigIntegerField()
    amount_due = models.BigIntegerField(help_text="After the customer's balance.")
    amount_paid = models.BigIntegerField(default=0)
    amount_remaining = models.BigIntegerField(default=0)
    amount_refunded = models.BigIntegerField(default=0)
    attempt_count = models.PositiveSmallIntegerField(default=0)
    next_try_at = models.DateTimeField("next attempt", null=True, blank=True)
    hosted_url = models.URLField("page to see and pay it", max_length=1000, blank=True)
    pdf_url = models.URLField("as PDF", max_length=1000, blank=True)
    created_at = models.DateTimeField(db_index=True)
    paid_at = models.DateTimeField(null=True, blank=True)
    synced_at = models.DateTimeField("last fetched from Stripe")

    class Meta:
        ordering = ("-created_at", "-id")
        indexes = (models.Index(fields=("status", "created_at"), name="invoice_by_status"),)
        permissions = (("report_invoice", "Can see the publisher's reports"),)

    def __str__(self) -> str:
        return f"{self.number or self.stripe_id}: {format_money(self.total, self.currency)}"

    @property
    def is_refunded(self) -> bool:
        """Whether all that was paid has been given back."""
        return 0 < self.amount_paid <= self.amount_refunded


class InvoiceLine(models.Model):
    """What an invoice charges for: a period of a price, or its proration.

    `amount` is before discount and tax.
    """

    invoice = models.ForeignKey(Invoice, models.CASCADE, related_name="lines")
    stripe_id = models.CharField(max_length=80)
    price_id = models.CharField("Stripe price", max_length=80, blank=True, db_index=True)
    description = models.CharField(max_length=300, blank=True)
    quantity = models.PositiveIntegerField(default=1)
    amount = models.BigIntegerField()
    discount = models.BigIntegerField(default=0)
    discount_once = models.BigIntegerField(
        default=0, help_text="Of the discount, what a coupon for one charge took."
    )
    tax = models.BigIntegerField(default=0, help_text="Included in the amount or on top, as the price says.")
    is_proration = models.BooleanField(default=False)
    period_start_at = models.DateTimeField()
    period_end_at = models.DateTimeField()

    class Meta:
        ordering = ("invoice_id", "id")
        constraints = (models.UniqueConstraint(fields=("invoice", "stripe_id"), name="invoice_line_once"),)

    def __str__(self) -> str:
        return f"{self.description}: {format_money(self.amount, self.invoice.currency)}"


class Payment(models.Model):
    """One attempt to take money (a Stripe charge), and what became of it."""

    customer = models.ForeignKey(Customer, models.PROTECT, null=True, blank=True, related_name="payments")
    invoice = models.ForeignKey(Invoice, models.PROTECT, null=True, blank=True, related_name="payments")
    stripe_id = models.CharField(max_length=80, unique=True)
    intent_id = models.CharField("Stripe payment intent", max_length=80, blank=True, db_index=True)
    status = models.CharField(max_length=20, help_text="succeeded, pending or failed")
    currency = models.CharField(max_length=3)
    amount = models.BigIntegerField()
    amount_refunded = models.BigIntegerField(default=0)
    refunded_at = models.DateTimeField("last refund", null=True, blank=True)
    failure_code = models.CharField(
        max_length=60, blank=True, help_text="The bank's decline code, else Stripe's."
    )
    failure_message = models.CharField(max_length=300, blank=True)
    card_brand = models.CharField(max_length=20, blank=True)
    card_last4 = models.CharField(max_length=4, blank=True)
    created_at = models.DateTimeField(db_index=True)

    class Meta:
        ordering = ("-created_at", "-id")

    def __str__(self) -> str:
        return f"{format_money(self.amount, self.currency)}: {self.status}"


class Dispute(models.Model):
    """A payment its card holder contests with the bank."""

    payment = models.ForeignKey(Payment, models.PROTECT, related_name="disputes")
    stripe_id = models.CharField(max_length=80, unique=True)
    status = models.CharField(max_length=30)
    reason = models.CharField(max_length=60, blank=True)
    amount = models.BigIntegerField()
    currency = models.CharField(max_length=3)
    opened_at = models.DateTimeField()
    closed_at = models.DateTimeField(null=True, blank=True, help_text="When we first saw it won or lost.")

    class Meta:
        ordering = ("-opened_at",)

    def __str__(self) -> str:
        return f"{format_money(self.amount, self.currency)} disputed: {self.status}"

    @property
    def is_lost(self) -> bool:
        return self.status == "lost"

    @property
    def is_open(self) -> bool:
        return self.status not in ("won", "lost", "warning_closed", "prevented")
