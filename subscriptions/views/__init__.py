"""Pages about plans, payment and access, and the endpoint Stripe calls."""
