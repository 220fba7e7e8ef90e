"""Addresses of plans, payment and the account page."""

from django.urls import path

from subscriptions.views import account, books, checkout, plans, webhook, withdrawal

urlpatterns = [
    path("subscribe/", plans.plans, name="plans"),
    path("subscribe/checkout/", checkout.subscribe, name="subscribe"),
    path("subscribe/success/", checkout.checkout_success, name="checkout_success"),
    path("account/", account.overview, name="account_overview"),
    path("account/portal/", account.portal, name="portal"),
    path("account/returned/", account.returned, name="account_return"),
    path("withdraw/", withdrawal.withdraw, name="withdraw"),
    path("withdraw/confirm/", withdrawal.confirm_withdrawal, name="withdraw_confirm"),
    path("withdraw/received/<str:token>/", withdrawal.withdrawal_received, name="withdraw_received"),
    path("withdraw/claim/<str:token>/", withdrawal.claim, name="withdraw_claim"),
    path("admin/books/", books.books, name="books"),
    path("admin/books/progress/", books.progress, name="books_progress"),
    path("admin/books/run/", books.change_run, name="books_run"),
    path("admin/books/drift/<int:pk>/", books.settle, name="books_settle"),
    path("stripe/webhook/", webhook.stripe_webhook, name="stripe_webhook"),
    path("stripe/webhook", webhook.stripe_webhook),  # Stripe takes a redirect for a failure (rule S2)
]
