"""Everything that changes who may read, one module per noun."""
