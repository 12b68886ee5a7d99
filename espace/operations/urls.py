"""`/sante` answers that we are alive, `/sante/pret` that we can serve."""

from django.urls import URLPattern, path

from espace.operations import views

urlpatterns: list[URLPattern] = [
    path("sante", views.alive, name="health"),
    path("sante/pret", views.ready, name="health_ready"),
]
