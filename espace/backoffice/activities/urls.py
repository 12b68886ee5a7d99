"""Enrolments and closures."""

from django.urls import path

from espace.backoffice.activities import views

urlpatterns = [
    path("inscriptions/", views.enrolments, name="agent_enrolments"),
    path("inscriptions/<int:enrolment_id>/", views.decide, name="agent_enrolment_decide"),
    path("fermetures/", views.closures, name="agent_closures"),
    path("fermetures/declarer/", views.declare, name="agent_closure_declare"),
]
