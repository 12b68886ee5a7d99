"""Protection measures."""

from django.urls import path

from espace.backoffice.protection import views

HOME = "familles/<int:household_id>/protection/"

urlpatterns = [
    path(HOME, views.protection, name="agent_protection"),
    path(f"{HOME}<int:measure_id>/fin/", views.protection_end, name="agent_protection_end"),
    path(f"{HOME}<int:measure_id>/piece/", views.protection_evidence, name="agent_protection_evidence"),
]
