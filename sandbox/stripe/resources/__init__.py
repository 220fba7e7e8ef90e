"""What the API offers, one module per noun. Each ends with its OPERATIONS: the addresses it answers."""
