"""What an invoice comes to: its lines, less discounts, plus tax, less the customer's balance."""

from sandbox.stripe.billing.balances import amount_due
from sandbox.stripe.billing.discounts import Part, coupon_of, end_discount, running, taken_off
from sandbox.stripe.billing.taxing import Taxpayer, is_inclusive, summed, tax_on, taxpayer_of, without_tax
from sandbox.stripe.store import Obj, equals
from sandbox.stripe.work import Work


def add_up(work: Work, invoice: Obj, subscription: Obj, customer: Obj) -> None:
    """Fill in discounts, taxes and totals. A discount for one invoice is used up by the first it lowers."""
    discounts = running(work, subscription["discounts"])
    for discount in discounts:
        _discount_lines(work, invoice, discount)
    invoice["discounts"] = [discount["id"] for discount in discounts]
    invoice["total_discount_amounts"] = [_total_of(invoice, discount) for discount in discounts]
    _use_up(work, subscription, invoice)
    tax_ids = work.all("tax_id", equals("customer", customer["id"]))
    invoice["customer_tax_exempt"] = customer["tax_exempt"]
    invoice["customer_tax_ids"] = [{"type": each["type"], "value": each["value"]} for each in tax_ids]
    if subscription["automatic_tax"]["enabled"]:
        tax_lines(work, invoice, taxpayer_of(customer, tax_ids))
    set_totals(invoice)
    set_due(invoice, customer)


def _discount_lines(work: Work, invoice: Obj, discount: Obj) -> None:
    lines = invoice["lines"]["data"]
    parts = [
        Part(line["pricing"]["price_details"]["product"], net(line), line["discountable"]) for line in lines
    ]
    off = taken_off(parts, coupon_of(work, discount), invoice["currency"])
    for line, amount in zip(lines, off, strict=True):
        if amount:
            line["discounts"].append(discount["id"])
            line["discount_amounts"].append({"amount": amount, "discount": discount["id"]})


def _part(line: Obj) -> Part:
    return Part(line["pricing"]["price_details"]["product"], net(line), line["discountable"])


def net(line: Obj) -> int:
    """What a line comes to after its discounts."""
    return int(line["amount"]) - sum(int(each["amount"]) for each in line["discount_amounts"])


def _total_of(invoice: Obj, discount: Obj) -> Obj:
    amounts = [each for line in invoice["lines"]["data"] for each in line["discount_amounts"]]
    return {
        "amount": sum(each["amount"] for each in amounts if each["discount"] == discount["id"]),
        "discount": discount["id"],
    }


def _use_up(work: Work, subscription: Obj, invoice: Obj) -> None:
    """End what was for one invoice and lowered this one, and what has run out."""
    lowered = {each["discount"] for each in invoice["total_discount_amounts"] if each["amount"]}
    kept = []
    for id in subscription["discounts"]:
        discount = work.find("discount", id)
        if discount is None:
            continue
        is_over = discount["end"] is not None and discount["end"] <= work.now
        if is_over or (id in lowered and coupon_of(work, discount)["duration"] == "once"):
            end_discount(work, discount)
        else:
            kept.append(id)
    subscription["discounts"] = kept


def tax_lines(work: Work, invoice: Obj, taxpayer: Taxpayer) -> None:
    """Tax every line by the table. Without an address there is no tax, and the invoice says so."""
    invoice["automatic_tax"] |= tax_state(taxpayer)
    for line in invoice["lines"]["data"]:
        price = work.get("price", line["pricing"]["price_details"]["price"])
        product = work.store.get(price["product"]) or {}
        inclusive = is_inclusive(price, invoice["currency"])
        tax = tax_on(taxpayer, net(line), inclusive=inclusive, tax_code=product.get("tax_code"))
        line["taxes"] = [tax] if tax else []


def tax_state(taxpayer: Taxpayer) -> Obj:
    """What `automatic_tax` says once it was tried."""
    status = "complete" if taxpayer.country else "requires_location_inputs"
    return {"enabled": True, "liability": {"type": "self"}, "provider": "stripe", "status": status}


def set_totals(invoice: Obj) -> None:
    """Add up the lines with their discounts and taxes."""
    lines = invoice["lines"]["data"]
    taxes = [tax for line in lines for tax in line["taxes"]]
    discounted = sum(net(line) for line in lines)
    before_tax = sum(without_tax(net(line), line["taxes"]) for line in lines)
    added = sum(tax["amount"] for tax in taxes if tax["tax_behavior"] == "exclusive")
    subtotal = sum(line["amount"] for line in lines)
    invoice |= {
        "subtotal": subtotal,
        "subtotal_excluding_tax": subtotal - (discounted - before_tax),
        "total": discounted + added,
        "total_excluding_tax": before_tax,
        "total_taxes": summed(taxes),
    }


def set_due(invoice: Obj, customer: Obj) -> None:
    """Say what is left to pay after the customer's balance as it is now."""
    due = amount_due(invoice["total"], customer["balance"], invoice["currency"])
    invoice |= {"amount_due": due, "amount_remaining": due, "starting_balance": customer["balance"]}
