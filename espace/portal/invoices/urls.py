"""Addresses of the invoices and of their payment."""

from django.urls import path

from espace.portal.invoices import payment, views

urlpatterns = [
    path("factures/", views.invoices, name="invoices"),
    path("factures/<str:reference>/", views.invoice, name="invoice"),
    path("factures/<str:reference>/facture.pdf", views.invoice_pdf, name="invoice_pdf"),
    path("factures/<str:reference>/regler/", payment.pay, name="pay"),
    path("recus/<str:receipt>.pdf", views.receipt_pdf, name="receipt_pdf"),
    path("paiement/retour/<str:order_id>/", payment.payment_return, name="payment_return"),
    path("paiement/notification/", payment.payment_notify, name="payment_notify"),
]
