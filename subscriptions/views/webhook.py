"""The endpoint Stripe calls: prove, store, answer (rules S1, S2, S6)."""

from django.http import HttpRequest, HttpResponse
from django.utils import timezone
from django.views.decorators.csrf import csrf_exempt
from django.views.decorators.http import require_POST

from kit.queue import enqueue_on_commit
from subscriptions.actions.events import record_event
from subscriptions.gateways import BadSignature, verify_event
from subscriptions.models import StripeEvent
from subscriptions.tasks import settle_event

MAX_BODY_BYTES = 1_000_000


@csrf_exempt
@require_POST
def stripe_webhook(request: HttpRequest) -> HttpResponse:
    """Store a signed event once and queue it. 400 for what Stripe did not sign, 413 for what is too long."""
    if int(request.META.get("CONTENT_LENGTH") or 0) > MAX_BODY_BYTES:
        return HttpResponse("Too large.", status=413)
    try:
        event = verify_event(request.body, request.headers.get("Stripe-Signature", ""))
    except BadSignature as reason:
        return HttpResponse(str(reason), status=400)
    row = record_event(event=event, body=request.body, at=timezone.now())
    if row and row.state == StripeEvent.State.WAITING:
        enqueue_on_commit(settle_event, row.pk)
    return HttpResponse(status=200)
