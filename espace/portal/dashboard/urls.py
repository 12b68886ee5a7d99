"""The address of the dashboard."""

from django.urls import path

from espace.portal.dashboard import views

urlpatterns = [path("tableau-de-bord/", views.dashboard, name="dashboard")]
