"""The menus."""

from django.urls import path

from espace.backoffice.menus import views

urlpatterns = [
    path("menus/", views.menus, name="agent_menus"),
]
