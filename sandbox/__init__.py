"""Stand-ins for the outside world, for demos and tests: a Stripe test-mode server and a mailbox.

Runs as its own process (`python -m sandbox`). No app imports it, and it imports none of them.
"""
