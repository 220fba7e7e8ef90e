"""Tax ids of customers, and the rates of the table: https://docs.stripe.com/api/tax_ids, …/tax_rates."""

from sandbox.stripe.billing.tax_ids import add_tax_id
from sandbox.stripe.billing.taxing import RATES, TYPES, rate_id
from sandbox.stripe.errors import no_such
from sandbox.stripe.params import Spec, boolean, filled, one_of
from sandbox.stripe.resources.operation import LIST, Operation, list_page, tombstone
from sandbox.stripe.shapes.catalog import tax_rate_shape
from sandbox.stripe.store import Obj, equals
from sandbox.stripe.work import Work

TAX_ID: Spec = {"type": one_of(*TYPES), "value": filled}
BEGINNING = 1_767_225_600
"""When the rates of the table were made, as far as their `created` says."""


def create(work: Work, params: Obj, customer: str) -> Obj:
    """Note a tax id. Its form is checked; every one of the right form counts as verified."""
    owner = work.get("customer", customer)
    return add_tax_id(work, owner, params["type"], params["value"])


def list_tax_ids(work: Work, params: Obj, customer: str) -> Obj:
    """The tax ids of a customer."""
    work.get("customer", customer)
    return list_page(
        work, "tax_id", f"/v1/customers/{customer}/tax_ids", params, [equals("customer", customer)]
    )


def retrieve(work: Work, params: Obj, customer: str, id: str) -> Obj:
    """One tax id of that customer."""
    found = work.get("tax_id", id)
    if found["customer"] != customer:
        raise no_such("tax_id", id, param="id", status=404)
    return found


def delete(work: Work, params: Obj, customer: str, id: str) -> Obj:
    """Forget a tax id."""
    return tombstone(work, retrieve(work, params, customer, id), event="customer.tax_id.deleted")


def rates() -> list[Obj]:
    """Every rate of the table, and the zero that exempt and reverse-charged lines carry, by country."""
    table = []
    for country, (name, percent) in RATES.items():
        for inclusive in (False, True):
            for each in (percent, 0):
                id = rate_id(country, each, inclusive=inclusive)
                table.append(tax_rate_shape(id, BEGINNING, country, name, each, inclusive=inclusive))
    return table


def retrieve_rate(work: Work, params: Obj, id: str) -> Obj:
    """One rate."""
    found = next((rate for rate in rates() if rate["id"] == id), None)
    if found is None:
        raise no_such("tax_rate", id, param="id", status=404)
    return found


def list_rates(work: Work, params: Obj) -> Obj:
    """The rates, those of one page."""
    limit, cursor = params.get("limit", 10), params.get("starting_after")
    table = [rate for rate in rates() if params.get("inclusive") in (None, rate["inclusive"])]
    ids = [rate["id"] for rate in table]
    if cursor and cursor not in ids:
        raise no_such("tax_rate", cursor, param="starting_after", status=400)
    first = ids.index(cursor) + 1 if cursor else 0
    page = table[first : first + limit]
    return {"object": "list", "data": page, "has_more": first + limit < len(table), "url": "/v1/tax_rates"}


PATH = "/v1/customers/{customer}/tax_ids"
OPERATIONS = (
    Operation("POST", PATH, create, TAX_ID, needs=["type", "value"]),
    Operation("GET", PATH, list_tax_ids, LIST),
    Operation("GET", f"{PATH}/{{id}}", retrieve),
    Operation("DELETE", f"{PATH}/{{id}}", delete),
    Operation("GET", "/v1/tax_rates", list_rates, {**LIST, "active": boolean, "inclusive": boolean}),
    Operation("GET", "/v1/tax_rates/{rate}", retrieve_rate),
)
