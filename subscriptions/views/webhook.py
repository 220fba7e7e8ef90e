"""The endpoint Stripe calls: prove, store, answer (rules S1, S2, S6)."""

import logging

from django.db import InterfaceError, OperationalError
from django.http import HttpRequest, HttpResponse
from django.utils import timezone
from django.views.decorators.csrf import csrf_exempt
from django.views.decorators.http import require_POST

from kit.queue import wake_on_commit
from subscriptions.actions.events import record_event
from subscriptions.gateways import BadSignature, verify_event
from subscriptions.models import StripeEvent
from subscriptions.tasks import sweep_events

logger = logging.getLogger(__name__)

MAX_BODY_BYTES = 1_000_000


@csrf_exempt
@require_POST
def stripe_webhook(request: HttpRequest) -> HttpResponse:
    """Store a signed event once and wake a worker for it.

    400 for what Stripe did not sign, 413 for what is too long, 503 while the database is away: then
    Stripe sends it again, for three days (rule S7).
    """
    if int(request.META.get("CONTENT_LENGTH") or 0) > MAX_BODY_BYTES:
        return HttpResponse("Too large.", status=413)
    try:
        event = verify_event(request.body, request.headers.get("Stripe-Signature", ""))
    except BadSignature as reason:
        return HttpResponse(str(reason), status=400)
    try:
        row = record_event(event=event, body=request.body, at=timezone.now())
    except (OperationalError, InterfaceError):
        logger.exception("Stripe event %s could not be stored.", event.id)
        return HttpResponse("Not stored.", status=503)
    if row and row.state == StripeEvent.State.WAITING:
        wake_on_commit(sweep_events)
    return HttpResponse(status=200)
