"""What tests share: databases, the strict harness, the cast."""
