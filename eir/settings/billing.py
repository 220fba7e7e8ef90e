"""Stripe: keys, the pinned API version and our own ceilings."""

import re

from django.core.exceptions import ImproperlyConfigured

from eir.environment import IS_PRODUCTION, flag, matching, names, number, web_address

STRIPE_API_BASE = web_address("STRIPE_API_BASE", default="https://api.stripe.com")
STRIPE_API_VERSION = "2026-10-28.endive"
STRIPE_SECRET_KEY = matching(
    "STRIPE_SECRET_KEY", r"(sk|rk)_(test|live)_\w+", "a key like sk_live_…", embedded="sk_test_embedded"
)
# Two secrets at once let a signing secret be rolled without losing an event.
STRIPE_WEBHOOK_SECRETS = names("STRIPE_WEBHOOK_SECRETS", embedded="whsec_embedded")
STRIPE_LIVEMODE = "_live_" in STRIPE_SECRET_KEY
STRIPE_TIMEOUT_SECONDS = number("STRIPE_TIMEOUT_SECONDS", 20, least=1)
STRIPE_REQUESTS_PER_SECOND = number("STRIPE_REQUESTS_PER_SECOND", 10, least=1)
"""How fast a comparison of all books asks. Stripe answers 100 a second in live mode, 25 in test mode."""

for _secret in STRIPE_WEBHOOK_SECRETS:
    if not _secret.startswith("whsec_"):
        raise ImproperlyConfigured("STRIPE_WEBHOOK_SECRETS must be a list of secrets like whsec_….")
if IS_PRODUCTION and not STRIPE_LIVEMODE and not flag("STRIPE_ALLOW_TEST_MODE", False):
    raise ImproperlyConfigured(
        "STRIPE_SECRET_KEY is a test key. Set the live key, or STRIPE_ALLOW_TEST_MODE=true for staging."
    )

STRIPE_PAGES = (
    ["https://checkout.stripe.com", "https://billing.stripe.com"]
    if STRIPE_API_BASE == "https://api.stripe.com"
    else [STRIPE_API_BASE]
)

PAST_DUE_GRACE_DAYS = number("PAST_DUE_GRACE_DAYS", 21)
RENEWAL_SLACK_DAYS = number("RENEWAL_SLACK_DAYS", 3)
KEEP_PAID_TIME = flag("KEEP_PAID_TIME", True)
"""Whether a subscription cancelled at once, without a refund, is read to the end of what was paid."""
REFUND_ENDS_ACCESS = flag("REFUND_ENDS_ACCESS", True)
"""Whether giving the running period's money back in full ends access."""
DISPUTE_ENDS_ACCESS = flag("DISPUTE_ENDS_ACCESS", False)
"""Whether access ends when a payment is disputed, rather than when the dispute is lost."""
EVENT_BODY_DAYS = number("EVENT_BODY_DAYS", 90, least=30)
"""How long what Stripe's events say of persons is kept; Stripe keeps events for 30 days itself."""

RENEWAL_NOTICE_DAYS = number("RENEWAL_NOTICE_DAYS", 21)
"""How many days before a yearly renewal its reader is told of it, with the amount and how to cancel."""
WITHDRAWAL_DAYS = number("WITHDRAWAL_DAYS", 14)
"""For how many days a contract can be withdrawn from (Directive 2011/83/EU: 14); never set it lower there."""
WITHDRAWAL_REFUND = matching("WITHDRAWAL_REFUND", r"full|pro_rata", "full or pro_rata", default="full")
"""What is given back: all, or all but the days read by someone who agreed to that (article 14(3))."""

STRIPE_TAX = flag("STRIPE_TAX", False)
"""Whether Stripe Tax reckons tax on what is sold, and asks businesses for their tax id."""
PRICES_INCLUDE_TAX = flag("PRICES_INCLUDE_TAX", True)
"""With Stripe Tax: whether tax is part of the prices, or is added to them."""
PRINT_COUNTRIES = names("PRINT_COUNTRIES", default="US,CA,GB,DE,FR,NL,SE,DK,AT,CH,AU,NZ")
"""Countries a printed copy is sent to, as two capital letters (ISO 3166-1)."""
EARLY_START_CURRENCIES = names("EARLY_START_CURRENCIES", default="eur,bgn,czk,dkk,huf,pln,ron,sek")
"""Who pays in one of these agrees that reading starts before the time to withdraw is over (2011/83/EU)."""

for _country in PRINT_COUNTRIES:
    if not re.fullmatch(r"[A-Z]{2}", _country):
        raise ImproperlyConfigured("PRINT_COUNTRIES must be a list of two-letter codes, such as US,CA,DE.")
for _currency in EARLY_START_CURRENCIES:
    if not re.fullmatch(r"[a-z]{3}", _currency):
        raise ImproperlyConfigured("EARLY_START_CURRENCIES must be a list of codes such as eur,sek.")
