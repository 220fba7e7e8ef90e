"""The read-only JSON API under /api/v1/, for apps and partners: keyed, paged by cursor, told in OpenAPI."""
