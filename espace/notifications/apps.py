from django.apps import AppConfig


class NotificationsConfig(AppConfig):
    name = "espace.notifications"
