from django.apps import AppConfig


class PortalConfig(AppConfig):
    name = "espace.portal"
