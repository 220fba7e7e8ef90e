"""What happened to a customer's balance: https://docs.stripe.com/api/customer_balance_transactions."""

from sandbox.stripe.billing.balances import change_balance
from sandbox.stripe.errors import invalid, no_such
from sandbox.stripe.params import Spec, filled, integer, metadata, text
from sandbox.stripe.resources.operation import CREATED, LIST, Operation, filters, list_page, merge_metadata
from sandbox.stripe.store import Obj, equals
from sandbox.stripe.work import Work

NEW: Spec = {"amount": integer, "currency": filled, "description": text, "metadata": metadata}
FILTERS: Spec = {**LIST, **CREATED, "invoice": filled}


def create(work: Work, params: Obj, id: str) -> Obj:
    """Change the balance: a negative amount is in the customer's favour."""
    customer = work.get("customer", id)
    amount, currency = params.pop("amount"), params.pop("currency").lower()
    if customer["currency"] not in (None, currency):
        message = (
            f"You cannot combine currencies on a single customer. This customer has `{customer['currency']}`."
        )
        raise invalid(message, param="currency")
    if not amount:
        raise invalid("Invalid non-zero integer", param="amount", code="parameter_invalid_integer")
    made = change_balance(
        work, customer, amount, currency, type="adjustment", description=params.get("description")
    )
    merge_metadata(made, params)
    return work.save(made)


def retrieve(work: Work, params: Obj, customer: str, id: str) -> Obj:
    """One change of that customer's balance."""
    found = work.get("customer_balance_transaction", id)
    if found["customer"] != customer:
        raise no_such("customer_balance_transaction", id, param="id", status=404)
    return found


def update(work: Work, params: Obj, customer: str, id: str) -> Obj:
    """Change description and metadata; amounts stay."""
    found = retrieve(work, params, customer, id)
    merge_metadata(found, params)
    return work.save(found | params)


def list_changes(work: Work, params: Obj, customer: str) -> Obj:
    """The changes of a balance, newest first."""
    work.get("customer", customer)
    conditions = [equals("customer", customer), *filters(params, {})]
    url = f"/v1/customers/{customer}/balance_transactions"
    return list_page(work, "customer_balance_transaction", url, params, conditions)


PATH = "/v1/customers/{customer}/balance_transactions"
OPERATIONS = (
    Operation("POST", PATH, create, NEW, needs=["amount", "currency"]),
    Operation("GET", PATH, list_changes, FILTERS),
    Operation("GET", f"{PATH}/{{id}}", retrieve),
    Operation("POST", f"{PATH}/{{id}}", update, {"description": text, "metadata": metadata}),
)
