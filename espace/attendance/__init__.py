"""What happened: outcomes and the closing of a month before it is billed (I15)."""
