"""Noting the tax ids of customers."""

from sandbox.stripe.billing.taxing import tax_id_country
from sandbox.stripe.errors import invalid
from sandbox.stripe.shapes.customers import tax_id_shape
from sandbox.stripe.store import Obj, equals
from sandbox.stripe.work import Work, new_id


def add_tax_id(work: Work, customer: Obj, type: str, value: str) -> Obj:
    """A tax id of a customer; one they have already stays the one it is.

    Every value of the right form counts as verified. Raises ApiError 400 for any other.
    """
    value = normal_tax_id(value)
    country = tax_id_country(type, value)
    if country is None:
        raise invalid(f"Invalid value for {type}.", param="value", code="tax_id_invalid")
    known = work.all("tax_id", equals("customer", customer["id"]), equals("value", value))
    if known:
        return known[0]
    shape = tax_id_shape(new_id("txi"), work.now, customer["id"], type, value, country)
    return work.create(shape, event="customer.tax_id.created")


def normal_tax_id(value: str) -> str:
    """As it is kept: in capitals, without spaces around it."""
    return value.strip().upper()
