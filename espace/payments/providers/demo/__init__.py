"""The demonstration bank: a client of ours, and (`bank`, `pages`) the separate process it talks to."""

from espace.payments.providers.demo.client import DemoProvider

__all__ = ["DemoProvider"]
