"""The school calendar."""

from django.urls import path

from espace.backoffice.calendar import views

urlpatterns = [
    path("calendrier/", views.calendar, name="agent_calendar"),
    path("calendrier/corriger/", views.correct, name="agent_calendar_correct"),
]
