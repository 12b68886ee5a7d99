"""Addresses of the bookings."""

from django.urls import path, re_path

from espace.portal.bookings import enrolling, patterns, views, waiting

MONTH = r"^reserver/(?P<child_id>\d{1,18})/(?P<month>[0-9]{4}-(?:0[1-9]|1[0-2]))/"
ALL = r"^reserver/ensemble/(?P<month>[0-9]{4}-(?:0[1-9]|1[0-2]))/"

urlpatterns = [
    path("reserver/", views.book, name="book"),
    re_path(r"^reserver/(?P<child_id>\d{1,18})/$", views.book_now, name="book_now"),
    re_path(MONTH + "$", views.book_child, name="book_child"),
    re_path(MONTH + "verifier/$", views.book_recap, name="book_recap"),
    re_path(MONTH + "copier/$", views.book_copy, name="book_copy"),
    re_path(MONTH + "confirmer/$", views.book_confirm, name="book_confirm"),
    re_path(ALL + "$", views.book_child, name="book_all"),
    re_path(ALL + "verifier/$", views.book_recap, name="book_all_recap"),
    re_path(ALL + "copier/$", views.book_copy, name="book_all_copy"),
    re_path(ALL + "confirmer/$", views.book_confirm, name="book_all_confirm"),
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
