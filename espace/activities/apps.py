from django.apps import AppConfig


class ActivitiesConfig(AppConfig):
    name = "espace.activities"
