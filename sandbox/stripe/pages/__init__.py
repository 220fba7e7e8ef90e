"""The pages Stripe hosts: Checkout, the Customer Portal, invoices; and this server's own overview."""

from starlette.routing import BaseRoute

ROUTES: list[BaseRoute] = []
