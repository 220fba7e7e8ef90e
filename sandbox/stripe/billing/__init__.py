"""The life of a subscription: starting, charging, renewing, changing, ending.

charging < (invoicing, dunning) < pending < lifecycle < (changes, customers, ticker)
< (authentication, paid_changes, test_clocks, wallet): each module imports only those before it.
"""
