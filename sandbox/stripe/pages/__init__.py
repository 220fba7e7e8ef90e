"""The pages Stripe hosts: Checkout, the Customer Portal, invoices; and this server's own overview."""

from sandbox.stripe.pages import (
    authentication,
    bank,
    checkout,
    controls,
    faults,
    invoices,
    order,
    overview,
    portal,
)

ROUTES = [
    *overview.ROUTES,
    *bank.ROUTES,
    *controls.ROUTES,
    *faults.ROUTES,
    *checkout.ROUTES,
    *order.ROUTES,
    *authentication.ROUTES,
    *portal.ROUTES,
    *invoices.ROUTES,
]
