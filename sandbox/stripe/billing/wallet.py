"""Cards: making them from test numbers and magic ids, and putting them on a customer's file."""

from datetime import UTC, datetime

from sandbox.stripe.billing.charging import asks_for_authentication, behaviour_of
from sandbox.stripe.billing.customers import reconsider_retries
from sandbox.stripe.cards import BY_MAGIC, TestCard, card_for, check_cvc, check_expiry, fingerprint, refusal
from sandbox.stripe.debits import account_for, account_shape
from sandbox.stripe.errors import invalid
from sandbox.stripe.shapes.customers import card_shape, payment_method_shape, setup_intent_shape
from sandbox.stripe.store import Obj, equals
from sandbox.stripe.work import Work, new_id, token


def from_test_card(work: Work, card: TestCard, *, month: int | None = None, year: int | None = None) -> Obj:
    """A payment method for a test card; without expiry, one that is good for years."""
    today = datetime.fromtimestamp(work.now, UTC)
    expires = (month or 12, year or today.year + 4)
    shape = card_shape(card.brand, card.number[-4:], *expires, fingerprint(card))
    method = payment_method_shape(new_id("pm"), work.now, shape)
    return work.create(method, hidden={"behaviour": card.behaviour})


def from_numbers(work: Work, number: str, month: int, year: int, cvc: str | None) -> Obj:
    """A payment method from what stands on a card, none of which is kept. Raises ApiError 402."""
    card = card_for(number)
    today = datetime.fromtimestamp(work.now, UTC)
    full_year = check_expiry(month, year, this_month=(today.year, today.month))
    if cvc is not None:
        check_cvc(cvc, card.brand)
    return from_test_card(work, card, month=month, year=full_year)


def from_iban(work: Work, iban: str) -> Obj:
    """A payment method for a test account. Raises ApiError 402 for any other."""
    plain, behaviour = account_for(iban)
    method = payment_method_shape(new_id("pm"), work.now, {})
    del method["card"]
    method |= {"type": "sepa_debit", "sepa_debit": account_shape(plain)}
    return work.create(method, hidden={"behaviour": behaviour})


def resolve(work: Work, id: str, *, param: str) -> Obj:
    """The payment method of an id; a magic one such as `pm_card_visa` stands for a fresh card."""
    if id not in BY_MAGIC:
        return work.refer("payment_method", id, param=param)
    if id not in work.stand_ins:
        work.stand_ins[id] = from_test_card(work, BY_MAGIC[id])["id"]
    return work.get("payment_method", work.stand_ins[id])


def attach(work: Work, method: Obj, customer: Obj) -> Obj:
    """Put a card on a customer's file. Raises ApiError 402 for the cards that are refused even so."""
    if method["customer"] == customer["id"]:
        return method
    if method["customer"]:
        raise invalid("The payment method you provided has already been attached to a customer.")
    if work.hidden(method).get("detached"):
        message = "This PaymentMethod was detached from a Customer, and may not be used again."
        raise invalid(message, param="payment_method")
    behaviour = behaviour_of(work, method)
    if not behaviour.attaches:
        raise refusal(behaviour)
    return work.save(method | {"customer": customer["id"]}, also=["payment_method.attached"])


def set_up(work: Work, method: Obj, customer: Obj) -> Obj:
    """Put a card on file without charging it. The setup intent tells whether 3D Secure is still to come.

    Raises ApiError 402 for a card that is refused.
    """
    id = new_id("seti")
    intent = setup_intent_shape(id, work.now, f"{id}_secret_{token(25)}")
    intent |= {"customer": customer["id"], "payment_method": method["id"]}
    work.create(intent, event="setup_intent.created")
    if asks_for_authentication(work, method):
        address = {"return_url": None, "url": work.url(f"/authenticate/{id}")}
        action = {"type": "redirect_to_url", "redirect_to_url": address}
        intent |= {"status": "requires_action", "next_action": action}
        return work.save(intent, also=["setup_intent.requires_action"])
    return _put_on_file(work, intent, method)


def _put_on_file(work: Work, intent: Obj, method: Obj) -> Obj:
    attach(work, method, work.get("customer", intent["customer"]))
    intent |= {"status": "succeeded", "next_action": None}
    return work.save(intent, also=["setup_intent.succeeded"])


def authenticate_setup(work: Work, intent: Obj, *, succeeded: bool) -> Obj:
    """What follows when the card's owner passed, or failed, 3D Secure."""
    method = work.get("payment_method", intent["payment_method"])
    if succeeded:
        work.save(method, authenticated=True)
        return _put_on_file(work, intent, method)
    error = {
        "code": "setup_intent_authentication_failure",
        "message": "The provided payment method has failed authentication.",
        "type": "card_error",
    }
    intent |= {"status": "requires_payment_method", "next_action": None, "last_setup_error": error}
    return work.save(intent, also=["setup_intent.setup_failed"])


def make_default(work: Work, method: Obj) -> None:
    """Charge this card from now on, for everything its customer subscribes to."""
    customer = work.get("customer", method["customer"])
    customer["invoice_settings"]["default_payment_method"] = method["id"]
    work.save(customer, event="customer.updated")
    for subscription in work.all("subscription", equals("customer", customer["id"])):
        if not subscription["ended_at"]:
            subscription["default_payment_method"] = method["id"]
            work.save(subscription, event="customer.subscription.updated")
    reconsider_retries(work, customer["id"])
