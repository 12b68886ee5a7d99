"""What spans the town: worker, heartbeat, health, purges."""
