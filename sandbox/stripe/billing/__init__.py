"""The life of a subscription: starting, charging, renewing, changing, ending.

charging < invoicing < lifecycle < (changes, ticker): each module imports only those before it.
"""
