"""What can be done to the site's content, and by its readers; one module per noun."""
