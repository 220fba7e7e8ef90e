"""The site with one more address, `/bare/`: what any endpoint for Stripe's events has to do, and no more.

For `benchmarks.webhooks`: granian serves `benchmarks.bare_webhook:application`.
"""

import stripe
from django.conf import settings
from django.db import models
from django.http import HttpRequest, HttpResponse
from django.urls import URLPattern, URLResolver, include, path
from django.views.decorators.csrf import csrf_exempt

from eir.wsgi import application  # sets Django up, before models and settings are there


class BareEvent(models.Model):
    body = models.TextField()
    received_at = models.DateTimeField(auto_now_add=True)

    class Meta:
        app_label = "benchmarks"

    def __str__(self) -> str:
        return str(self.received_at)


@csrf_exempt
def bare(request: HttpRequest) -> HttpResponse:
    """Verify the signature and insert one row."""
    header, secret = request.headers["Stripe-Signature"], settings.STRIPE_WEBHOOK_SECRETS[0]
    stripe.WebhookSignature.verify_header(request.body, header, secret, 300)
    BareEvent(body=request.body.decode()).save(force_insert=True)
    return HttpResponse()


urlpatterns: list[URLPattern | URLResolver] = [path("bare/", bare), path("", include("eir.urls"))]
settings.ROOT_URLCONF = __name__
__all__ = ["application"]
