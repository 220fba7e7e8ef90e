"""The life of a subscription: starting, charging, renewing, changing, ending, and what all of it costs.

(charging, discounts, taxing) < balances < totals < (invoicing, dunning) < (pending, proration) < lifecycle
< (changes, customers, ticker) < (authentication, order, paid_changes, previews, test_clocks, wallet)
< checkout: each module imports only those before it.
"""
