"""The messages that did not arrive."""
