"""A family's file, its people, and acting for it."""

from django.urls import path

from espace.backoffice.families import people, views

urlpatterns = [
    path("familles/nouvelle/", people.new_family, name="agent_family_new"),
    path("familles/<int:household_id>/", views.family, name="agent_family"),
    path("familles/<int:household_id>/adulte/", people.add_adult, name="agent_adult_new"),
    path("familles/<int:household_id>/enfant/", people.add_child, name="agent_child_new"),
    path("familles/<int:household_id>/quotient/", people.quotient, name="agent_quotient"),
    path("familles/<int:household_id>/agir/", views.act, name="agent_act"),
    path("familles/terminer/", views.stop_acting, name="agent_stop_acting"),
    path("familles/<int:household_id>/sante/<int:child_id>/", views.health, name="agent_health"),
]
