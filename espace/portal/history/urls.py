"""Addresses of the history."""

from django.urls import path

from espace.portal.history import views

urlpatterns = [
    path("historique/", views.history, name="history"),
    path("historique/reservation/<int:booking_id>/", views.booking, name="history_booking"),
]
