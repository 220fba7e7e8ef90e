"""A customer's balance: negative is money in their favour (docs.stripe.com/billing/customer/balance)."""

from sandbox.stripe.money import smallest_charge
from sandbox.stripe.shapes.customers import balance_transaction_shape
from sandbox.stripe.store import Obj, equals
from sandbox.stripe.work import Work, new_id


def amount_due(total: int, balance: int, currency: str) -> int:
    """What is left to pay of a total after the balance: nothing, if it is less than can be charged."""
    due = max(0, total + balance)
    return due if due >= smallest_charge(currency) else 0


def change_balance(
    work: Work, customer: Obj, amount: int, currency: str, *, type: str, **about: object
) -> Obj:
    """Add to the balance (minor units, negative in the customer's favour) and note why."""
    ending = customer["balance"] + amount
    customer |= {"balance": ending, "currency": customer["currency"] or currency}
    shape = balance_transaction_shape(
        new_id("cbtxn"), work.now, customer["id"], amount, currency, ending, type
    )
    work.save(customer, event="customer.updated")
    return work.create(shape | about)


def use_balance(work: Work, invoice: Obj, customer: Obj) -> None:
    """Settle an invoice with the balance as far as it goes, or put what it gives back on it."""
    total, balance, due = invoice["total"], customer["balance"], invoice["amount_due"]
    is_too_small = not due and total + balance > 0
    from_balance = max(-balance, 0) if is_too_small else total - due
    rest = total - due - from_balance
    for type, amount in (("applied_to_invoice", from_balance), ("invoice_too_small", rest)):
        if amount:
            change_balance(work, customer, amount, invoice["currency"], type=type, invoice=invoice["id"])
    invoice["ending_balance"] = customer["balance"]


def give_back(work: Work, invoice: Obj) -> None:
    """Undo what an invoice that is void now did to the balance."""
    customer = work.get("customer", invoice["customer"])
    for used in work.all("customer_balance_transaction", equals("invoice", invoice["id"])):
        about = {"type": "unapplied_from_invoice", "invoice": invoice["id"]}
        change_balance(work, customer, -used["amount"], invoice["currency"], **about)
