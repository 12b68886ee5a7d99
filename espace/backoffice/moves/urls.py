"""A change of school, a departure."""

from django.urls import path

from espace.backoffice.moves import views

HOME = "familles/<int:household_id>/"

urlpatterns = [
    path(f"{HOME}ecole/<int:child_id>/", views.school, name="agent_school"),
    path(f"{HOME}ecole/<int:child_id>/confirmer/", views.school_confirm, name="agent_school_confirm"),
    path(f"{HOME}depart/<int:child_id>/", views.departure, name="agent_departure"),
    path(f"{HOME}depart/<int:child_id>/confirmer/", views.departure_confirm, name="agent_departure_confirm"),
]
