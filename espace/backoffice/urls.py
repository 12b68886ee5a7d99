"""The agents' addresses, under /agents/."""

from django.urls import URLPattern, URLResolver, include, path

urlpatterns: list[URLPattern | URLResolver] = [
    path("", include("espace.backoffice.home.urls")),
    path("", include("espace.backoffice.families.urls")),
    path("", include("espace.backoffice.custody.urls")),
    path("", include("espace.backoffice.moves.urls")),
    path("", include("espace.backoffice.protection.urls")),
    path("", include("espace.backoffice.keys.urls")),
    path("", include("espace.backoffice.tasks.urls")),
    path("", include("espace.backoffice.activities.urls")),
    path("", include("espace.backoffice.calendar.urls")),
    path("", include("espace.backoffice.offer_rules.urls")),
    path("", include("espace.backoffice.menus.urls")),
    path("", include("espace.backoffice.waiting.urls")),
    path("", include("espace.backoffice.mail.urls")),
    path("", include("espace.backoffice.absences.urls")),
    path("", include("espace.backoffice.billing.urls")),
]
