"""Absences of the day, proofs to read, rules."""

from django.urls import path

from espace.backoffice.absences import views

urlpatterns = [
    path("absences/", views.of_the_day, name="agent_absences"),
    path("absences/justificatifs/", views.proofs, name="agent_proofs"),
    path("absences/justificatifs/<int:declaration_id>/", views.check, name="agent_proof_check"),
    path("absences/regles/", views.policies, name="agent_absence_policies"),
    path("absences/regles/<int:activity_id>/", views.policy, name="agent_absence_policy"),
    path("documents/<int:document_id>/", views.document, name="agent_document"),
]
