"""Clés Enfance and requests for one."""

from django.urls import path

from espace.backoffice.keys import requests, views

urlpatterns = [
    path("cles/", views.keys, name="agent_keys"),
    path("cles/nouvelle/<int:household_id>/<int:adult_id>/", views.new_key, name="agent_key_new"),
    path("cles/<int:key_id>/courrier.pdf", views.letter, name="agent_key_letter"),
    path("cles/<int:key_id>/annuler/", views.revoke, name="agent_key_revoke"),
    path("cles/demande/<int:request_id>/", requests.key_request, name="agent_key_request"),
]
