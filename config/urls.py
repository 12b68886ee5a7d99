"""Every address, French as the interface. Each app of the two faces brings its own."""

from django.urls import URLPattern, URLResolver, include, path

urlpatterns: list[URLPattern | URLResolver] = [
    path("", include("espace.operations.urls")),
    path("", include("espace.portal.urls")),
    path("agents/", include("espace.backoffice.urls")),
]

handler400 = "espace.portal.errors.bad_request"
# Asked by allauth when one place sends too many forms.
handler429 = "espace.portal.account.sign_in.too_many"
