"""Addresses of months, runs and invoices, under /agents/."""

from django.urls import path

from espace.backoffice.billing import invoices, months, runs

urlpatterns = [
    path("mois/", months.months, name="agent_months"),
    path("mois/<int:office_id>/<int:year>-<int:month>/cloturer/", months.close, name="agent_month_close"),
    path(
        "mois/<int:office_id>/<int:year>-<int:month>/facturer/", months.open_billing, name="agent_month_bill"
    ),
    path("facturation/", runs.runs, name="agent_runs"),
    path("facturation/<int:run_id>/", runs.run, name="agent_run"),
    path("facturation/<int:run_id>/calculer/", runs.compute, name="agent_run_compute"),
    path("facturation/<int:run_id>/valider/", runs.review, name="agent_run_review"),
    path("facturation/<int:run_id>/emettre/", runs.issue, name="agent_run_issue"),
    path("facturation/<int:run_id>/abandonner/", runs.cancel, name="agent_run_cancel"),
    path("factures/", invoices.invoices, name="agent_invoices"),
    path("factures/<int:invoice_id>/", invoices.invoice, name="agent_invoice"),
    path("factures/<int:invoice_id>/facture.pdf", invoices.invoice_pdf, name="agent_invoice_pdf"),
]
