"""Who is away today, the proofs to read, and what the town asks."""
