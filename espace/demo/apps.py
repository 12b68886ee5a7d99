from django.apps import AppConfig


class DemoConfig(AppConfig):
    name = "espace.demo"
