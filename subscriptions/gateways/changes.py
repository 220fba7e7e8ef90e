"""What becomes of a running subscription at its reader's wish: previews first, then the change itself."""

from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any

from subscriptions.gateways.connection import api, id_of, in_our_words
from subscriptions.gateways.invoices import InvoiceSnapshot, read_invoice
from subscriptions.gateways.subscriptions import EXPANDED, SubscriptionSnapshot, read_subscription


@dataclass(frozen=True)
class ItemChange:
    """What the one item of a subscription becomes.

    The price stays unless `price` names another, or `amount` (minor units) was chosen by its reader for
    the product of an open-amount plan.
    """

    subscription: str
    item: str
    quantity: int
    price: str = ""
    amount: int | None = None
    product: str = ""
    currency: str = ""
    interval: str = ""

    @property
    def params(self) -> list[dict[str, Any]]:
        """As Stripe takes the items of an update."""
        item: dict[str, Any] = {"id": self.item, "quantity": self.quantity}
        if self.amount is not None:
            item["price_data"] = {
                "product": self.product,
                "currency": self.currency,
                "unit_amount": self.amount,
                "recurring": {"interval": self.interval},
            }
        elif self.price:
            item["price"] = self.price
        return [item]


@dataclass(frozen=True)
class PreviewSnapshot:
    """An invoice that would be made, and the balance it meets: negative minor units are credit."""

    invoice: InvoiceSnapshot
    starting_balance: int


@in_our_words
def preview_change(change: ItemChange, *, prorated_at: datetime | None) -> PreviewSnapshot:
    """The invoice that this change would make, its proration reckoned from `prorated_at` (whole seconds).

    With None nothing is prorated: so are changes within a trial, whose next invoice is then shown.
    """
    return _preview(change.subscription, {"items": change.params, **_settlement(prorated_at)})


@in_our_words
def preview_recurring(change: ItemChange) -> PreviewSnapshot:
    """What each renewal would cost after this change."""
    details = {"items": change.params, "proration_behavior": "none"}
    return _preview(change.subscription, details, preview_mode="recurring")


@in_our_words
def preview_next(subscription_id: str) -> PreviewSnapshot:
    """The next invoice, if nothing changes: after discounts, with tax."""
    return _preview(subscription_id, {})


def _preview(subscription_id: str, details: dict[str, Any], **more: Any) -> PreviewSnapshot:
    params = {"subscription": subscription_id, **more}
    params |= {"subscription_details": details} if details else {}
    invoice = api().invoices.create_preview(params)
    return PreviewSnapshot(read_invoice(invoice), invoice.starting_balance or 0)


def _settlement(prorated_at: datetime | None) -> dict[str, Any]:
    if prorated_at is None:
        return {"proration_behavior": "none"}
    return {"proration_behavior": "always_invoice", "proration_date": int(prorated_at.timestamp())}


@in_our_words
def change_item(change: ItemChange, *, prorated_at: datetime | None, key: str) -> SubscriptionSnapshot:
    """Make the change, and collect at once what it costs. Asked twice with one `key`, it is made once.

    When that cannot be collected everything stays as it was, and the change waits for its payment
    (`has_pending_update`).
    """
    items = _with_own_price(change).params
    params: dict[str, Any] = {"items": items, **_settlement(prorated_at), "expand": list(EXPANDED)}
    if prorated_at is not None:
        params["payment_behavior"] = "pending_if_incomplete"
    return read_subscription(
        api().subscriptions.update(change.subscription, params, {"idempotency_key": key})
    )


def _with_own_price(change: ItemChange) -> ItemChange:
    """The same with a price object for the amount chosen: a change that may wait takes no `price_data`."""
    if change.amount is None:
        return change
    params = {
        "product": change.product,
        "currency": change.currency,
        "unit_amount": change.amount,
        "recurring": {"interval": change.interval},
    }
    key = f"own-price-{change.product}-{change.currency}-{change.amount}-{change.interval}"
    price = api().prices.create(params, {"idempotency_key": key})
    return replace(change, price=str(price.id), amount=None)


@in_our_words
def stop_renewing(subscription_id: str, *, feedback: str, comment: str, key: str) -> None:
    """Let a subscription end with its period; `feedback` is one of Stripe's words for why, or empty."""
    params = {"cancel_at_period_end": True, "cancellation_details": _details(feedback, comment)}
    api().subscriptions.update(subscription_id, params, {"idempotency_key": key})


@in_our_words
def end_now(subscription_id: str, *, feedback: str, comment: str, key: str) -> None:
    """End a subscription at once, without a refund; what was open is collected no more."""
    params = {"cancellation_details": _details(feedback, comment)}
    api().subscriptions.cancel(subscription_id, params, {"idempotency_key": key})


def _details(feedback: str, comment: str) -> dict[str, str]:
    return {name: text for name, text in (("feedback", feedback), ("comment", comment)) if text}


@in_our_words
def go_on_renewing(subscription_id: str, *, key: str) -> None:
    """Take a cancellation back, whether it was set to the period's end or to a moment."""
    subscription = api().subscriptions.retrieve(subscription_id)
    if subscription.cancel_at_period_end:
        params: dict[str, Any] = {"cancel_at_period_end": False}
    elif subscription.cancel_at:
        params = {"cancel_at": ""}
    else:
        return
    api().subscriptions.update(subscription_id, params, {"idempotency_key": key})


@in_our_words
def restart(subscription_id: str, *, key: str) -> None:
    """Go on after a trial that ended without a card: a new period begins, and is charged, now."""
    api().subscriptions.resume(subscription_id, {}, {"idempotency_key": key})


@in_our_words
def reduce_price(subscription_id: str, *, coupon: str, key: str) -> None:
    """Apply a coupon to the next charges, beside the discounts there are."""
    subscription = api().subscriptions.retrieve(subscription_id)
    kept: list[dict[str, str]] = [{"discount": id_of(each)} for each in subscription.discounts or ()]
    params = {"discounts": [*kept, {"coupon": coupon}]}
    api().subscriptions.update(subscription_id, params, {"idempotency_key": key})


@in_our_words
def use_card(subscription_id: str, *, card: str, key: str) -> None:
    """Charge this card from now on. A subscription bought at Checkout keeps a card of its own otherwise."""
    api().subscriptions.update(subscription_id, {"default_payment_method": card}, {"idempotency_key": key})


@in_our_words
def open_card_page(*, customer: str, return_url: str) -> str:
    """The address of Stripe's page for putting another card on file, and nothing else."""
    done = {"type": "redirect", "redirect": {"return_url": return_url}}
    params = {
        "customer": customer,
        "return_url": return_url,
        "flow_data": {"type": "payment_method_update", "after_completion": done},
    }
    return str(api().billing_portal.sessions.create(params).url)


@in_our_words
def default_card(customer: str) -> str:
    """The id of the card on file that pays by default, or nothing."""
    return id_of(api().customers.retrieve(customer).invoice_settings.default_payment_method)


@in_our_words
def set_shipping(customer: str, *, name: str, address: dict[str, str]) -> None:
    """Send printed copies there from now on; `address` has Stripe's parts (line1, postal_code, city …)."""
    api().customers.update(customer, {"shipping": {"name": name, "address": address}})
