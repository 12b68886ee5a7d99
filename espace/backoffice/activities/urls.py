"""Enrolments, collective events, the kitchen."""

from django.urls import path

from espace.backoffice.activities import events, kitchen, views

urlpatterns = [
    path("inscriptions/", views.enrolments, name="agent_enrolments"),
    path("inscriptions/<int:enrolment_id>/", views.decide, name="agent_enrolment_decide"),
    path("evenements/", events.events, name="agent_events"),
    path("evenements/declarer/", events.declare, name="agent_event_declare"),
    path("evenements/confirmer/", events.confirm, name="agent_event_confirm"),
    path("evenements/<int:event_id>/annuler/", events.undo, name="agent_event_undo"),
    path("cuisine/", kitchen.week, name="agent_kitchen"),
]
