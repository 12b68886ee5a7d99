"""Messages that were not delivered."""

from django.urls import path

from espace.backoffice.mail import views

urlpatterns = [
    path("courriels/", views.failed, name="agent_mail"),
    path("courriels/<int:message_id>/renvoyer/", views.resend, name="agent_mail_resend"),
]
