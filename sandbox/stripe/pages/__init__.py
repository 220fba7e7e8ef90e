"""The pages Stripe hosts: Checkout, the Customer Portal, invoices; and this server's own overview."""

from sandbox.stripe.pages import (
    authentication,
    bank,
    checkout,
    controls,
    faults,
    invoices,
    overview,
    portal,
)

ROUTES = [
    *overview.ROUTES,
    *bank.ROUTES,
    *controls.ROUTES,
    *faults.ROUTES,
    *checkout.ROUTES,
    *authentication.ROUTES,
    *portal.ROUTES,
    *invoices.ROUTES,
]
