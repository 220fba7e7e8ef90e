"""What a Checkout Session comes to: quantities, discounts and tax, reckoned as its invoice will be."""

from sandbox.stripe.billing.discounts import (
    Part,
    Redemption,
    check_minimum,
    redemption_of_code,
    redemption_of_coupon,
    taken_off,
)
from sandbox.stripe.billing.taxing import Taxpayer, is_inclusive, tax_on, taxpayer_of
from sandbox.stripe.billing.totals import tax_state
from sandbox.stripe.errors import invalid
from sandbox.stripe.money import money, smallest_charge
from sandbox.stripe.store import Obj, equals
from sandbox.stripe.work import Work


def has_trial(work: Work, session: Obj) -> bool:
    """Whether nothing is charged today."""
    terms = work.hidden(session).get("subscription_data") or {}
    return bool(terms.get("trial_period_days") or terms.get("trial_end"))


def reckon(work: Work, session: Obj, *, taxpayer: Taxpayer | None = None) -> Obj:
    """Bring lines and totals up to date and keep them; `taxpayer` is for whom, if not the customer.

    Once a payment was tried the order stands: its discounts are redeemed.
    """
    hidden = work.hidden(session)
    lines = hidden["line_items"]
    if hidden.get("subscription"):
        return session
    off = discounted(work, session, lines)
    who = taxpayer or known_taxpayer(work, session)
    for line, amount in zip(lines, off, strict=True):
        subtotal = line["price"]["unit_amount"] * line["quantity"]
        line |= {"amount_subtotal": subtotal, "amount_discount": amount, "amount_tax": 0}
        line["amount_total"] = subtotal - amount
        if session["automatic_tax"]["enabled"]:
            _tax(work, line, who)
    if session["automatic_tax"]["enabled"]:
        session["automatic_tax"] |= tax_state(who)
    _set_totals(session, lines, is_due=not has_trial(work, session))
    return work.save(session, line_items=lines)


def discounted(work: Work, session: Obj, lines: list[Obj]) -> list[int]:
    """What the session's discounts take off each line."""
    left = [line["price"]["unit_amount"] * line["quantity"] for line in lines]
    off = [0] * len(lines)
    for redemption in chosen(work, session):
        parts = [Part(line["price"]["product"], amount) for line, amount in zip(lines, left, strict=True)]
        taken = taken_off(parts, redemption.coupon, lines[0]["currency"])
        left = [amount - less for amount, less in zip(left, taken, strict=True)]
        off = [sum(pair) for pair in zip(off, taken, strict=True)]
    return off


def chosen(work: Work, session: Obj) -> list[Redemption]:
    """The coupons and codes of a session, still good. Raises ApiError 400 for one that is not any more."""
    found = []
    for named in session["discounts"] or []:
        if named["promotion_code"]:
            code = work.refer("promotion_code", named["promotion_code"], param="discounts")
            found.append(redemption_of_code(work, code, session["customer"], param="discounts"))
        else:
            found.append(redemption_of_coupon(work, named["coupon"], param="discounts"))
    return found


def check_order(work: Work, session: Obj) -> None:
    """Refuse a total too small to be charged, and a discount whose minimum the order does not reach."""
    for redemption in chosen(work, session):
        amount = sum(line["amount_subtotal"] for line in work.hidden(session)["line_items"])
        check_minimum(redemption, amount, session["currency"], param="discounts")
    least = smallest_charge(session["currency"])
    if 0 < session["amount_total"] < least:
        text = money(least, session["currency"])
        message = (
            f"The Checkout Session's total amount due must add up to at least {text} {session['currency']}"
        )
        raise invalid(message, code="amount_too_small")


def replace_discounts(work: Work, session: Obj, redemption: Redemption | None) -> Obj:
    """Let the session have this discount, or none. Raises ApiError 400 when the order is too small for it."""
    session["discounts"] = [redemption.named] if redemption else []
    reckon(work, session)
    check_order(work, session)
    return session


def known_taxpayer(work: Work, session: Obj) -> Taxpayer:
    """Who the tax is for, as far as anyone knows before the page is filled in."""
    customer = work.find("customer", session["customer"]) if session["customer"] else None
    if customer is None:
        return Taxpayer(None)
    return taxpayer_of(customer, work.all("tax_id", equals("customer", customer["id"])))


def _tax(work: Work, line: Obj, taxpayer: Taxpayer) -> None:
    price = line["price"]
    product = work.store.get(price["product"]) or {}
    inclusive = is_inclusive(price, line["currency"])
    tax = tax_on(taxpayer, line["amount_total"], inclusive=inclusive, tax_code=product.get("tax_code"))
    if tax:
        line["amount_tax"] = tax["amount"]
        line["amount_total"] += 0 if inclusive else tax["amount"]


def _set_totals(session: Obj, lines: list[Obj], *, is_due: bool) -> None:
    def total(key: str) -> int:
        return sum(int(line[key]) for line in lines) if is_due else 0

    session |= {
        "amount_subtotal": total("amount_subtotal"),
        "amount_total": total("amount_total"),
        "currency": lines[0]["currency"],
    }
    session["total_details"] |= {
        "amount_discount": total("amount_discount"),
        "amount_tax": total("amount_tax"),
    }
