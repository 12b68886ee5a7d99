"""What families asked to change, applied or refused."""
