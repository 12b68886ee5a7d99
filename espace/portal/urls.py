"""The citizen's addresses."""

from django.urls import URLPattern, URLResolver, include, path

urlpatterns: list[URLPattern | URLResolver] = [
    path("", include("espace.portal.home.urls")),
    path("", include("espace.portal.dashboard.urls")),
    path("", include("espace.portal.account.urls")),
    path("", include("espace.portal.family.urls")),
    path("", include("espace.portal.invoices.urls")),
    path("", include("espace.portal.bookings.urls")),
    path("", include("espace.portal.absences.urls")),
    path("", include("espace.portal.feed.urls")),
    path("", include("espace.portal.history.urls")),
]
