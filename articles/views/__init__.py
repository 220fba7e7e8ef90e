"""The public pages, one module per noun."""
