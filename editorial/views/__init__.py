"""The desk's own pages beside the admin's forms, one module per noun; addresses are in `editorial.urls`."""
