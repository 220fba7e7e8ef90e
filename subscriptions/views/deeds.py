"""What support does for a reader: a page for each deed that says what will happen and asks why."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime, timedelta
from smtplib import SMTPException
from typing import Any

from allauth.usersessions.models import UserSession
from django.contrib import messages
from django.http import Http404, HttpRequest
from django.http.response import HttpResponseBase
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods

from accounts.actions import CannotSignOut
from accounts.browsers import browser_name
from accounts.models import User
from accounts.queries import signed_in_user
from kit.desk import desk_context, desk_page
from kit.money import format_money
from subscriptions.actions import support
from subscriptions.actions.giving import CannotRefund
from subscriptions.actions.grants import CannotGrant
from subscriptions.actions.support import HalfDone, NotDone
from subscriptions.gateways import StripeRefused, StripeUnavailable
from subscriptions.models import Gift, Grant, Invoice, Notice, Subscription
from subscriptions.prospects import after_refund
from subscriptions.refunds import refundable
from subscriptions.support_forms import (
    AccessForm,
    DeedForm,
    EndForm,
    ExtendForm,
    FreeDaysForm,
    ReasonForm,
    RefundForm,
)
from subscriptions.timeline import day_in_words

REFUSALS = (NotDone, CannotGrant, CannotRefund, CannotSignOut)
AWAY = "Stripe does not answer just now. Try again in a few minutes: what you ask for is done once only."
NO_MAIL = "The mail server did not take the letter. Try again later."
CONFLICT, UNAVAILABLE = 409, 503


@dataclass(frozen=True)
class Deed:
    """A deed: what it is done to, what it says beforehand, what it asks, and how it is done.

    `do` gets the subject, the form's values and `by` and `at`, and returns what to say afterwards.
    """

    title: str
    button: str
    find: Callable[[User, int | None], Any]
    explain: Callable[[Any, datetime], list[str]]
    do: Callable[[Any, dict[str, Any], dict[str, Any]], str]
    form: type[DeedForm] = ReasonForm


@never_cache
@desk_page(support.PERMISSION)
@require_http_methods(["GET", "HEAD", "POST"])
def deed(request: HttpRequest, pk: int, name: str, of: int | None = None) -> HttpResponseBase:
    """Say what would be done and ask why; on POST do it, and lead back to the reader's page."""
    reader = get_object_or_404(User, pk=pk)
    if name not in DEEDS:
        raise Http404
    kind, at = DEEDS[name], timezone.now()
    subject = kind.find(reader, of)
    form = kind.form(request.POST if request.method == "POST" else None, subject=subject, at=at)
    status = 200
    if form.is_valid():
        status = _attempt(request, kind, subject, form, at=at)
        if status == 200:
            return redirect("support_reader", reader.pk)
    context = desk_context(
        request, kind.title, reader=reader, deed=kind, form=form, words=kind.explain(subject, at)
    )
    return render(request, "subscriptions/support_deed.html", context, status=status)


def _attempt(request: HttpRequest, kind: Deed, subject: Any, form: DeedForm, *, at: datetime) -> int:
    """Do it and say so, or note on the form why not; returns the status of the answer."""
    by = signed_in_user(request)
    try:
        messages.success(request, kind.do(subject, form.cleaned_data, {"by": by, "at": at}))
    except HalfDone as half:
        messages.warning(request, str(half))
    except REFUSALS as refusal:
        form.add_error(None, str(refusal))
        return CONFLICT
    except StripeRefused as refusal:
        form.add_error(None, f"Stripe refused, and nothing was changed: {refusal}")
        return CONFLICT
    except StripeUnavailable:
        form.add_error(None, AWAY)
        return UNAVAILABLE
    except (SMTPException, OSError):
        form.add_error(None, NO_MAIL)
        return UNAVAILABLE
    return 200


# ------------------------------------------------------------------------------------- what it is about


def _reader(reader: User, of: int | None) -> User:
    return reader


def _grant(reader: User, of: int | None) -> Grant:
    return get_object_or_404(Grant, pk=of, user=reader)


def _subscription(reader: User, of: int | None) -> Subscription:
    rows = Subscription.objects.select_related("plan", "customer__user")
    return get_object_or_404(rows, pk=of, customer__user=reader)


def _invoice(reader: User, of: int | None) -> Invoice:
    rows = Invoice.objects.select_related("customer", "subscription__customer__user")
    return get_object_or_404(rows, pk=of, customer__user=reader)


def _notice(reader: User, of: int | None) -> Notice:
    return get_object_or_404(Notice, pk=of, user=reader)


def _gift(reader: User, of: int | None) -> Gift:
    return get_object_or_404(Gift.objects.select_related("plan", "giver"), pk=of, giver=reader)


def _session(reader: User, of: int | None) -> UserSession:
    session: UserSession = get_object_or_404(UserSession, pk=of, user=reader)
    return session


# ------------------------------------------------------------------------------------------ how it is done


def _give_access(reader: User, values: dict[str, Any], who: dict[str, Any]) -> str:
    support.give_access(reader=reader, ends_at=values["ends_at"], reason=values["reason"], **who)
    return f"{reader} can read until {_last_day(values['ends_at'])}, and gets a letter that says so."


def _extend_access(grant: Grant, values: dict[str, Any], who: dict[str, Any]) -> str:
    support.extend_access(grant=grant, ends_at=values["ends_at"], reason=values["reason"], **who)
    return f"The access now runs until {_last_day(values['ends_at'])}."


def _last_day(ends_at: datetime) -> str:
    return f"the end of {day_in_words(ends_at - timedelta(microseconds=1))}"


def _end_access(grant: Grant, values: dict[str, Any], who: dict[str, Any]) -> str:
    support.end_access(grant=grant, reason=values["reason"], **who)
    return "The access has ended."


def _give_days(subscription: Subscription, values: dict[str, Any], who: dict[str, Any]) -> str:
    until = support.give_free_days(
        subscription=subscription, days=values["days"], seen=values["seen"], reason=values["reason"], **who
    )
    return f"Nothing is charged before {day_in_words(until)}."


def _end(subscription: Subscription, values: dict[str, Any], who: dict[str, Any]) -> str:
    after = support.end_for_reader(
        subscription=subscription, ending=support.Ending(values["ending"]), reason=values["reason"], **who
    )
    return f"Cancelled: the subscription {_end_in_words(after)}."


def _end_in_words(subscription: Subscription) -> str:
    if subscription.cancels_at and not subscription.ended_at:
        return f"ends on {day_in_words(subscription.cancels_at)}"
    return "has ended"


def _keep(subscription: Subscription, values: dict[str, Any], who: dict[str, Any]) -> str:
    support.keep_for_reader(subscription=subscription, reason=values["reason"], **who)
    return "The cancellation was taken back: the subscription renews."


def _refund(invoice: Invoice, values: dict[str, Any], who: dict[str, Any]) -> str:
    given = support.refund_invoice(
        invoice=invoice, amount=values["amount"], seen=values["seen"], reason=values["reason"], **who
    )
    return f"{format_money(given, invoice.currency)} of invoice {invoice.number} was given back."


def _refund_gift(gift: Gift, values: dict[str, Any], who: dict[str, Any]) -> str:
    support.refund_gift_for_giver(gift=gift, reason=values["reason"], **who)
    return f"{gift.price} was given back, and the gift is void."


def _resend(notice: Notice, values: dict[str, Any], who: dict[str, Any]) -> str:
    support.send_again(notice=notice, reason=values["reason"], **who)
    return f"The letter goes out again to {notice.address}."


def _invite(reader: User, values: dict[str, Any], who: dict[str, Any]) -> str:
    support.help_to_sign_in(reader=reader, reason=values["reason"], **who)
    return f"A letter that tells how to sign in is on its way to {reader.email}."


def _sign_out_one(session: UserSession, values: dict[str, Any], who: dict[str, Any]) -> str:
    support.sign_out(reader=session.user, session=session.pk, reason=values["reason"], **who)
    return "The device is signed out."


def _sign_out_all(reader: User, values: dict[str, Any], who: dict[str, Any]) -> str:
    number = support.sign_out(reader=reader, session=None, reason=values["reason"], **who)
    return f"Signed out everywhere: {number} device{'' if number == 1 else 's'}."


def _check(reader: User, values: dict[str, Any], who: dict[str, Any]) -> str:
    found = support.check_with_stripe(reader=reader, **who)
    if not found:
        return "Checked with Stripe: our books are the same."
    return f"Our books were set from Stripe’s. {'; '.join(found)}."


# ---------------------------------------------------------------------------------------- what it will say


def _words(*sentences: str) -> Callable[[Any, datetime], list[str]]:
    return lambda subject, at: list(sentences)


def _about_grant(grant: Grant, at: datetime) -> list[str]:
    end = f"runs until {day_in_words(grant.ends_at)}" if grant.ends_at else "has no end"
    return [f"The access “{grant.reason}” {end}."]


def _about_days(subscription: Subscription, at: datetime) -> list[str]:
    charge = f"{subscription.price} on {day_in_words(subscription.period_end_at)}"
    return [
        f"The next charge is {charge}. It is put off by as many days as you give.",
        "Until then the reader reads on as in a trial, and renewals count from then.",
        "Nothing is charged or given back now.",
    ]


def _about_refund(invoice: Invoice, at: datetime) -> list[str]:
    return after_refund(invoice, left=refundable(invoice), at=at)


def _about_gift(gift: Gift, at: datetime) -> list[str]:
    return [
        f"{gift.price} goes back to {gift.giver}, who gave {gift.plan.name} to {gift.recipient_name}.",
        "The code opens nothing any more, and whoever redeemed it stops reading by it at once.",
    ]


def _about_notice(notice: Notice, at: datetime) -> list[str]:
    subject = notice.subject or notice.get_kind_display()
    return [f"“{subject}” goes to {notice.address} once more, saying how things stand now."]


def _about_session(session: UserSession, at: datetime) -> list[str]:
    return [f"{browser_name(session.user_agent)} is signed out at once."]


DEEDS = {
    "give-access": Deed(
        "Give access",
        "Give access",
        _reader,
        _words("Complimentary access begins now and costs nothing. The reader gets a letter."),
        _give_access,
        AccessForm,
    ),
    "extend-access": Deed("Extend access", "Extend access", _grant, _about_grant, _extend_access, ExtendForm),
    "end-access": Deed("End access", "End it now", _grant, _about_grant, _end_access),
    "free-days": Deed(
        "Give free days", "Put the charge off", _subscription, _about_days, _give_days, FreeDaysForm
    ),
    "cancel": Deed(
        "Cancel subscription",
        "Cancel it",
        _subscription,
        _words("The reader is told by letter."),
        _end,
        EndForm,
    ),
    "keep": Deed(
        "Take the cancellation back",
        "Let it renew",
        _subscription,
        lambda row, at: [f"It renews on {day_in_words(row.period_end_at)} for {row.price}."],
        _keep,
    ),
    "refund": Deed("Refund", "Give back", _invoice, _about_refund, _refund, RefundForm),
    "refund-gift": Deed("Refund a gift", "Give back", _gift, _about_gift, _refund_gift),
    "send-again": Deed("Send a letter again", "Send it again", _notice, _about_notice, _resend),
    "invite": Deed(
        "Help to sign in",
        "Send the letter",
        _reader,
        _words("The reader gets a letter that leads to the page where a new password is chosen."),
        _invite,
    ),
    "sign-out": Deed("Sign a device out", "Sign it out", _session, _about_session, _sign_out_one),
    "sign-out-everywhere": Deed(
        "Sign out everywhere",
        "Sign out everywhere",
        _reader,
        _words("Every device is signed out at once; the reader signs in again as ever."),
        _sign_out_all,
    ),
    "check": Deed(
        "Check with Stripe",
        "Check now",
        _reader,
        _words("Customer, subscriptions, invoices and payments are fetched, and our books set from them."),
        _check,
        DeedForm,
    ),
}
