"""Espace Citoyens: the application, in the order in which it may import (see docs/architecture.md)."""
