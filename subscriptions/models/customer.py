"""A reader as Stripe knows them."""

from django.conf import settings
from django.db import models
from django.db.models import Q


class Customer(models.Model):
    """One living Stripe customer per account; one that was deleted at Stripe stays, for its subscriptions."""

    user = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="customers")
    stripe_id = models.CharField(max_length=80, unique=True)
    created_at = models.DateTimeField(auto_now_add=True)
    deleted_at = models.DateTimeField("deleted at Stripe", null=True, blank=True)
    shipping_name = models.CharField("print copy to", max_length=200, blank=True)
    shipping_address = models.JSONField(
        default=dict,
        blank=True,
        help_text="Stripe's address: line1, line2, postal_code, city, state, country.",
    )
    synced_at = models.DateTimeField("last compared with Stripe", null=True, blank=True)

    class Meta:
        constraints = (
            models.UniqueConstraint(
                fields=("user",), condition=Q(deleted_at__isnull=True), name="one_customer_per_account"
            ),
        )

    def __str__(self) -> str:
        return f"{self.user} ({self.stripe_id})"
