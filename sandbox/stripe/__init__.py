"""A stand-in for Stripe in test mode: the v1 API over HTTP, its hosted pages and its webhooks."""
