"""Addresses anyone may open."""

from django.urls import path

from espace.portal.home import views

urlpatterns = [
    path("", views.home, name="home"),
    path("simulateur/", views.simulator, name="simulator"),
    path("documents/<slug:slug>.pdf", views.public_document, name="public_document"),
    path("menu/", views.menu, name="menu"),
    path("aide/", views.help_page, name="help"),
    path("accessibilite/", views.accessibility, name="accessibility"),
    path("mentions-legales/", views.legal, name="legal"),
    path("mes-donnees/", views.privacy, name="privacy"),
    path("plan-du-site/", views.site_map, name="site_map"),
    path("ville.css", views.town_css, name="town_css"),
]
