"""The custody of a child."""

from django.urls import path

from espace.backoffice.custody import views

CHILD = "familles/<int:household_id>/garde/<int:child_id>/"

urlpatterns = [
    path(CHILD, views.custody, name="agent_custody"),
    path(f"{CHILD}confirmer/", views.custody_confirm, name="agent_custody_confirm"),
    path(f"{CHILD}exception/", views.exception, name="agent_exception"),
    path(f"{CHILD}exception/confirmer/", views.exception_confirm, name="agent_exception_confirm"),
    path(f"{CHILD}exception/<int:exception_id>/retirer/", views.exception_end, name="agent_exception_end"),
]
