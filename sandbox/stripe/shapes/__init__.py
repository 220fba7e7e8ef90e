"""Objects in Stripe's shape, complete with the keys this server never fills (version 2026-10-28.endive).

Held against Stripe's own examples by tests/sandbox/test_stripe_shapes.py.
"""

API_VERSION = "2026-10-28.endive"


def blank_address() -> dict[str, None]:
    """An address nobody gave."""
    return dict.fromkeys(("city", "country", "line1", "line2", "postal_code", "state"))


def empty_list(url: str) -> dict[str, object]:
    """A list with nothing in it."""
    return {"object": "list", "data": [], "has_more": False, "url": url}
