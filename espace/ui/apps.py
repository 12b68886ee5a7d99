from django.apps import AppConfig


class UiConfig(AppConfig):
    """Registers the template tags, the templates and the static files of the design system."""

    name = "espace.ui"
    label = "ui"
    verbose_name = "Système visuel"
