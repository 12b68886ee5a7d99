"""Addresses of absences: none says a word of health, for an address is kept by browsers and proxies."""

from django.urls import path

from espace.portal.absences import proofs, views

urlpatterns = [
    path("absences/", views.absences, name="absences"),
    path("absences/declarer/", views.declare, name="absence_new"),
    path("absences/confirmer/", views.confirm, name="absence_confirm"),
    path("absences/<int:declaration_id>/", views.absence, name="absence"),
    path("absences/<int:declaration_id>/retour/", views.change_return, name="absence_return"),
    path("absences/<int:declaration_id>/retirer/", views.withdraw, name="absence_withdraw"),
    path("absences/<int:declaration_id>/justificatif/", proofs.send, name="absence_proof"),
    path("absences/<int:declaration_id>/signer/", proofs.sign, name="absence_sign"),
    path("documents/<int:document_id>/", proofs.document, name="document"),
]
