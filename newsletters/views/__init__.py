"""The pages of the letters, one module per noun."""
