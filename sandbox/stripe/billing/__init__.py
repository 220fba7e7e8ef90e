"""The life of a subscription: starting, charging, renewing, changing, ending.

charging < (invoicing, dunning) < lifecycle < (changes, customers, ticker) < (authentication, test_clocks,
wallet): each module imports only those before it.
"""
