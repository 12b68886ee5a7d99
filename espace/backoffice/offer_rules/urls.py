"""The rules of the activities."""

from django.urls import path

from espace.backoffice.offer_rules import admission, deadlines, extensions, openings, places, views

RULE = "regles/<int:activity_id>/delais/<str:what>/<str:when>/"

urlpatterns = [
    path("regles/", views.rules, name="agent_rules"),
    path("regles/<int:activity_id>/", views.activity, name="agent_rules_activity"),
    path("regles/<int:activity_id>/inscription/", admission.publish, name="agent_admission"),
    path("regles/inscription/<int:rule_id>/retirer/", admission.withdraw, name="agent_admission_withdraw"),
    path("regles/<int:activity_id>/places/", places.places, name="agent_places"),
    path("regles/<int:activity_id>/encadrement/", places.ratio, name="agent_ratio"),
    path("regles/prolonger/", extensions.extension, name="agent_extension"),
    path("regles/prolonger/confirmer/", extensions.declare, name="agent_extension_declare"),
    path("regles/periodes/<int:period_id>/", openings.openings, name="agent_openings"),
    path(RULE, deadlines.deadlines, name="agent_deadlines"),
    path(RULE + "enregistrer/", deadlines.keep, name="agent_deadlines_keep"),
    path(RULE + "retirer/", deadlines.drop, name="agent_deadlines_drop"),
]
