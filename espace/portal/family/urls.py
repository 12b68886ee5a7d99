"""Addresses of the family and of its key."""

from django.urls import path

from espace.portal.family import keys, views

urlpatterns = [
    path("cle-enfance/", keys.family_key, name="family_key"),
    path("cle-enfance/pas-de-cle/", keys.no_key, name="no_key"),
    path("ma-famille/", views.family, name="family"),
    path("ma-famille/adresse/<int:household_id>/", views.change_address, name="family_address"),
    path("ma-famille/coordonnees/<int:person_id>/", views.change_contact, name="family_contact"),
    path("ma-famille/<int:child_id>/", views.child, name="child"),
]
