"""The waiting lists."""

from django.urls import path, re_path

from espace.backoffice.waiting import settings, views

LIST = r"^listes-d-attente/(?P<pool_id>\d{1,18})/"

urlpatterns = [
    path("listes-d-attente/", views.lists, name="agent_waiting"),
    re_path(LIST + "$", views.one_list, name="agent_waiting_list"),
    re_path(LIST + "places/$", views.places, name="agent_waiting_places"),
    path("listes-d-attente/proposer/<int:booking_id>/", views.offer, name="agent_waiting_offer"),
    path("listes-d-attente/reglages/", settings.lists, name="agent_waiting_settings"),
    path("listes-d-attente/reglages/<int:activity_id>/", settings.one_list, name="agent_waiting_set"),
    path("listes-d-attente/criteres/<int:activity_id>/", settings.publish, name="agent_criterion_publish"),
    path("listes-d-attente/retirer/<int:criterion_id>/", settings.withdraw, name="agent_criterion_withdraw"),
    path("enfants/<int:child_id>/priorites/", views.child, name="agent_child_criteria"),
    path("enfants/priorites/<int:point_id>/terminer/", views.end_point, name="agent_child_criterion_end"),
]
