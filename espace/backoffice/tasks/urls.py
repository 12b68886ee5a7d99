"""What families asked to change."""

from django.urls import path

from espace.backoffice.tasks import views

urlpatterns = [
    path("a-traiter/", views.tasks, name="agent_tasks"),
    path("a-traiter/decider/", views.decide, name="agent_change_decide"),
]
