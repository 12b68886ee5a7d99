"""What is received: intents, payments, allocations, receipts; providers behind one contract (I28-I33)."""
