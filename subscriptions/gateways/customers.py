"""Customers: one for each account that ever went to pay."""

from dataclasses import dataclass
from typing import Any

from subscriptions.gateways.connection import api, id_of, in_our_words


@dataclass(frozen=True)
class CustomerSnapshot:
    """A customer as Stripe has them; of a deleted one only the id is left."""

    id: str
    is_deleted: bool
    email: str = ""
    user: str = ""
    shipping_name: str = ""
    shipping_address: tuple[tuple[str, str], ...] = ()
    default_card: str = ""


@in_our_words
def create_customer(*, email: str, name: str, user_id: int, nth: int = 0) -> str:
    """Make a customer and return its id. Repeated for the same user it answers with the same customer.

    `nth` counts the customers this user had before, each of them deleted at Stripe since.
    """
    params = {"email": email, "name": name, "metadata": {"user": str(user_id)}}
    key = f"customer-{user_id}-{nth}-{email}"
    return str(api().customers.create(params, {"idempotency_key": key}).id)


@in_our_words
def fetch_customer(customer_id: str) -> CustomerSnapshot:
    return read_customer(api().customers.retrieve(customer_id))


@in_our_words
def readdress_customer(customer_id: str, *, email: str) -> None:
    """Where Stripe's own mail goes from now on."""
    api().customers.update(customer_id, {"email": email})


@in_our_words
def delete_customer(customer_id: str) -> None:
    """Delete a customer; Stripe ends their subscriptions at once."""
    api().customers.delete(customer_id)


def read_customer(customer: Any) -> CustomerSnapshot:
    """Stripe's object in our words."""
    if getattr(customer, "deleted", False):
        return CustomerSnapshot(customer.id, is_deleted=True)
    shipping = customer.shipping
    address = shipping.address.to_dict() if shipping and shipping.address else {}
    return CustomerSnapshot(
        id=customer.id,
        is_deleted=False,
        email=customer.email or "",
        user=getattr(customer.metadata, "user", ""),
        shipping_name=(shipping.name or "") if shipping else "",
        shipping_address=tuple(sorted((key, value) for key, value in address.items() if value)),
        default_card=id_of(customer.invoice_settings.default_payment_method),
    )
