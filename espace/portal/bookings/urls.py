"""Addresses of the bookings."""

from django.urls import path, re_path

from espace.portal.bookings import enrolling, patterns, views, waiting

MONTH = r"^reserver/(?P<child_id>\d{1,18})/(?P<month>[0-9]{4}-(?:0[1-9]|1[0-2]))/"

urlpatterns = [
    path("reserver/", views.book, name="book"),
    re_path(r"^reserver/(?P<child_id>\d{1,18})/$", views.book_now, name="book_now"),
    re_path(MONTH + "$", views.book_child, name="book_child"),
    re_path(MONTH + "verifier/$", views.book_recap, name="book_recap"),
    re_path(MONTH + "confirmer/$", views.book_confirm, name="book_confirm"),
    path("reserver/<int:child_id>/semaine-type/", patterns.pattern, name="pattern"),
    path("reserver/<int:child_id>/semaine-type/confirmer/", patterns.pattern_confirm, name="pattern_confirm"),
    path("reserver/fait/<str:reference>/", views.book_done, name="book_done"),
    path("reserver/fait/<str:reference>/calendrier.ics", views.book_calendar, name="book_calendar"),
    re_path(
        r"^reserver/(?P<child_id>\d{1,18})/attendre/(?P<slot_id>\d{1,18})/$", waiting.join, name="wait_join"
    ),
    path("reserver/attente/<int:booking_id>/", waiting.request_page, name="wait_request"),
    path("liste-d-attente/", waiting.rules, name="waiting_rules"),
    path("inscrire/<int:child_id>/", enrolling.enrol, name="enrol"),
]
