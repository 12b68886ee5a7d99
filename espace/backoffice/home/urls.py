"""The agents' home and the search."""

from django.urls import path

from espace.backoffice.home import views

urlpatterns = [
    path("", views.home, name="agent_home"),
    path("recherche/", views.search, name="agent_search"),
]
