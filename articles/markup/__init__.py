"""The text of an article as pure functions: no models, no queries, no settings.

Stored HTML is read into a small document (``document``), changed there, and written out again, so that every
surface agrees on what a paragraph, a footnote or the paywall divider is.
"""
