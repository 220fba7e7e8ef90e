"""The life of a subscription: starting, charging, renewing, changing, ending, and what all of it costs.

(charging, discounts, taxing) < (balances, disputes, refunds) < totals < (invoicing, dunning)
< (pausing, pending, proration) < lifecycle < (changes, customers, debits) < ticker
< (authentication, order, paid_changes, previews, test_clocks, wallet) < purchases < checkout:
each module imports only those before it.
"""
