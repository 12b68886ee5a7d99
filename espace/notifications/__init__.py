"""What we tell people: an outbox written with the fact, sent by the worker with retries."""
