"""Letters that wait too long may say what is no longer so."""

from datetime import datetime

from subscriptions.models import Invoice, Notice, PriceRise, PriceRiseStep, Status, Subscription

Kind = Notice.Kind
ASK_FOR_MONEY = (Kind.PAYMENT_FAILED, Kind.CARD_REFUSED, Kind.CONFIRM_PAYMENT)
SAY_WHAT_COMES = {Kind.TRIAL_ENDS: "ends_at", Kind.RENEWS: "renews_at", Kind.CARD_EXPIRES: "renews_at"}
READING = (Status.ACTIVE, Status.TRIALING)


def why_stale(notice: Notice, *, at: datetime) -> str:
    """Why a letter does not hold any more, for staff to read; empty when it does."""
    if notice.user and not notice.user.is_active:
        return "The account is switched off."
    if notice.kind in ASK_FOR_MONEY and notice.invoice and notice.invoice.status != Invoice.Status.OPEN:
        return f"The invoice is {notice.invoice.get_status_display()} by now."
    if notice.kind == Kind.RECOVERED and notice.invoice and not _knew_of_trouble(notice.invoice):
        return "Its reader was never told of the trouble."
    if notice.subscription:
        return _why_stale(notice, notice.subscription, at=at)
    return ""


def _knew_of_trouble(invoice: Invoice) -> bool:
    return invoice.notices.filter(kind__in=ASK_FOR_MONEY, sent_at__isnull=False).exists()


def _why_stale(notice: Notice, subscription: Subscription, *, at: datetime) -> str:
    status = Status(subscription.status).label
    if notice.kind in SAY_WHAT_COMES:
        if subscription.status not in READING or subscription.cancels_at:
            return "It will not be charged: cancelled or ended meanwhile."
        moment = datetime.fromisoformat(notice.facts[SAY_WHAT_COMES[Kind(notice.kind)]])
        return "What it announces has passed." if moment <= at else ""
    if notice.kind == Kind.ACCESS_STOPPED and subscription.status in READING:
        return f"The subscription is {status} again."
    if notice.kind == Kind.CANCELLED and not (subscription.cancels_at or subscription.ended_at):
        return "The cancellation was taken back."
    if notice.kind == Kind.PRICE_RISE:
        return _why_price_stays(notice, subscription)
    return ""


def _why_price_stays(notice: Notice, subscription: Subscription) -> str:
    if subscription.cancels_at or subscription.ended_at:
        return "Cancelled meanwhile: the new price will not come."
    step = PriceRiseStep.objects.filter(pk=notice.facts.get("step")).select_related("rise").first()
    is_off = step is not None and step.rise.state == PriceRise.State.WITHDRAWN
    if is_off and not notice.facts.get("is_withdrawn"):
        return "The price rise was withdrawn."
    return ""
