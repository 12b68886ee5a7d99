"""What is measured, each against a floor, in one run (see docs/performance.md)."""
