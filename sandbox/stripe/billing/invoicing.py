"""Invoices from draft to paid or void."""

from sandbox.stripe.billing.balances import give_back, use_balance
from sandbox.stripe.billing.charging import cancel_payment, open_payment, payment_of
from sandbox.stripe.billing.totals import add_up, set_due
from sandbox.stripe.errors import invalid
from sandbox.stripe.money import price_text
from sandbox.stripe.shapes.invoices import invoice_shape, line_shape, period_parent, proration_parent
from sandbox.stripe.store import Obj, equals
from sandbox.stripe.work import Work, new_id, token


def draft(
    work: Work,
    subscription: Obj,
    *,
    reason: str,
    period: tuple[int, int],
    items: list[Obj],
    finalizes_at: int | None = None,
) -> Obj:
    """A draft that charges the current period of `items` and takes up the prorations that wait.

    `period` is the time the invoice looks back on, `finalizes_at` when it stops being a draft by itself, in
    Unix seconds. One for a subscription that is `unpaid` stays a draft.
    """
    customer = work.get("customer", subscription["customer"])
    invoice = invoice_shape(new_id("in"), work.now, customer, subscription, reason)
    invoice |= {"period_start": period[0], "period_end": period[1]}
    if subscription["status"] == "unpaid":
        invoice["auto_advance"] = False
    else:
        invoice |= {"automatically_finalizes_at": finalizes_at, "next_payment_attempt": finalizes_at}
    lines = [*_waiting_lines(work, invoice, subscription), *_period_lines(work, invoice, subscription, items)]
    invoice["lines"]["data"] = lines
    add_up(work, invoice, subscription, customer)
    subscription["latest_invoice"] = invoice["id"]
    return work.create(invoice, event="invoice.created")


def _period_lines(work: Work, invoice: Obj, subscription: Obj, items: list[Obj]) -> list[Obj]:
    lines = []
    for item in items:
        amount, text = item["price"]["unit_amount"] * item["quantity"], price_text(item["price"])
        name = product_name(work, item["price"])
        description = f"{item['quantity']} × {name} (at {text})"
        if subscription["status"] == "trialing":
            amount, description = 0, f"Trial period for {name}"
        line = line_shape(new_id("il"), invoice, item["price"], item["quantity"], amount, description)
        line["period"] = {"start": item["current_period_start"], "end": item["current_period_end"]}
        line |= {"parent": period_parent(subscription["id"], item["id"]), "subscription": subscription["id"]}
        lines.append(line)
    return lines


def _waiting_lines(work: Work, invoice: Obj, subscription: Obj) -> list[Obj]:
    lines = []
    for item in reversed(waiting_items(work, subscription)):
        price = work.get("price", item["pricing"]["price_details"]["price"])
        about = item["parent"]["subscription_details"]["subscription_item"]
        line = line_shape(new_id("il"), invoice, price, item["quantity"], item["amount"], item["description"])
        line |= {"period": item["period"], "subscription": subscription["id"], "discountable": False}
        credited = work.hidden(item).get("credited")
        line["parent"] = proration_parent(subscription["id"], about, item["id"], credited)
        lines.append(line)
        work.save(item | {"invoice": invoice["id"]}, also=["invoiceitem.updated"])
    return lines


def waiting_items(work: Work, subscription: Obj) -> list[Obj]:
    """The prorations no invoice has taken up yet, newest first."""
    about = equals("parent.subscription_details.subscription", subscription["id"])
    free = ("json_extract(json, '$.invoice') IS NULL", ())
    return work.all("invoiceitem", equals("customer", subscription["customer"]), about, free)


def charge_for(work: Work, subscription: Obj, item: Obj) -> tuple[Obj, Obj | None] | None:
    """What charged for the item as it is now to the end of its period: a waiting proration or a line.

    The invoice stands beside its line. None when nothing did, for instance after a change without proration.
    """
    for waiting in waiting_items(work, subscription):
        if waiting["amount"] >= 0 and _is_for(waiting, waiting["parent"]["subscription_details"], item):
            return waiting, None
    about = equals("parent.subscription_details.subscription", subscription["id"])
    for invoice in work.all("invoice", equals("customer", subscription["customer"]), about):
        for line in invoice["lines"]["data"]:
            if line["amount"] >= 0 and _is_for(line, line["parent"]["subscription_item_details"] or {}, item):
                return line, invoice
    return None


def _is_for(charge: Obj, about: Obj, item: Obj) -> bool:
    return bool(
        about.get("subscription_item") == item["id"]
        and charge["period"]["end"] == item["current_period_end"]
        and charge["quantity"] == item["quantity"]
        and charge["pricing"]["price_details"]["price"] == item["price"]["id"]
    )


def product_name(work: Work, price: Obj) -> str:
    """The name of what a price is for."""
    product = work.store.get(price["product"]) or {}
    return str(product.get("name", price["product"]))


def finalize(work: Work, invoice: Obj) -> Obj:
    """Number the invoice, use the customer's balance, and open a payment if something is still due."""
    if invoice["status"] != "draft":
        raise invalid("This invoice is already finalized, you can't re-finalize a non-draft invoice.")
    customer = work.get("customer", invoice["customer"])
    invoice |= {
        "number": f"{customer['invoice_prefix']}-{customer['next_invoice_sequence']:04d}",
        "status": "open",
        "automatically_finalizes_at": None,
    }
    invoice |= {"effective_at": work.now, "hosted_invoice_url": work.url(f"/i/{token(32)}")}
    invoice["status_transitions"]["finalized_at"] = work.now
    customer |= {
        "currency": invoice["currency"],
        "next_invoice_sequence": customer["next_invoice_sequence"] + 1,
    }
    set_due(invoice, customer)
    use_balance(work, invoice, customer)
    work.save(customer, event="customer.updated")
    if invoice["amount_due"]:
        open_payment(work, invoice)
    return work.save(invoice, event="invoice.updated", also=["invoice.finalized"])


def mark_paid(work: Work, invoice: Obj) -> Obj:
    """The money is there, or nothing was due."""
    paid = invoice["amount_due"]
    invoice |= {"status": "paid", "amount_paid": paid, "amount_remaining": 0, "attempted": True}
    invoice |= {"auto_advance": False, "next_payment_attempt": None}
    invoice["status_transitions"]["paid_at"] = work.now
    payment = payment_of(work, invoice)
    if payment and payment["status"] == "open":
        payment |= {"status": "paid", "amount_paid": paid}
        payment["status_transitions"]["paid_at"] = work.now
        work.save(payment, also=["invoice_payment.paid"])
    return work.save(invoice, event="invoice.updated", also=["invoice.paid", "invoice.payment_succeeded"])


def void(work: Work, invoice: Obj) -> Obj:
    """Take an open invoice back. Raises ApiError 400 in every other state."""
    _need_open(invoice, "void")
    cancel_payment(work, invoice)
    invoice |= {"status": "void", "auto_advance": False, "next_payment_attempt": None}
    invoice["status_transitions"]["voided_at"] = work.now
    give_back(work, invoice)
    return work.save(invoice, event="invoice.updated", also=["invoice.voided"])


def mark_uncollectible(work: Work, invoice: Obj) -> Obj:
    """Write an open invoice off. Raises ApiError 400 in every other state."""
    _need_open(invoice, "mark as uncollectible")
    invoice |= {"status": "uncollectible", "auto_advance": False, "next_payment_attempt": None}
    invoice["status_transitions"]["marked_uncollectible_at"] = work.now
    return work.save(invoice, event="invoice.updated", also=["invoice.marked_uncollectible"])


def _need_open(invoice: Obj, deed: str) -> None:
    if invoice["status"] not in ("open", "uncollectible"):
        message = f"You can only {deed} an open invoice. This invoice is {invoice['status']}."
        raise invalid(message, code="invoice_not_editable")
