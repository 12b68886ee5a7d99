"""Addresses of the private calendar. The last one holds the secret: it names nobody, and no log of ours writes it."""

from django.urls import path

from espace.portal.feed import views

urlpatterns = [
    path("mon-compte/agenda/", views.my_calendar, name="my_calendar"),
    path("mon-compte/agenda/adresse/", views.make, name="my_calendar_make"),
    path("mon-compte/agenda/limites/", views.limits, name="my_calendar_limits"),
    path("mon-compte/agenda/supprimer/", views.revoke, name="my_calendar_revoke"),
    path("agenda/<str:secret>.ics", views.calendar, name="calendar_feed"),
]
