"""The pages Stripe hosts: Checkout, the Customer Portal, invoices; and this server's own overview."""

from sandbox.stripe.pages import authentication, bank, checkout, controls, invoices, overview, portal

ROUTES = [
    *overview.ROUTES,
    *bank.ROUTES,
    *controls.ROUTES,
    *checkout.ROUTES,
    *authentication.ROUTES,
    *portal.ROUTES,
    *invoices.ROUTES,
]
