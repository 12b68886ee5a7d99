"""The pages of the demonstration bank: plain, accessible, and never to be mistaken for a real one."""

from __future__ import annotations

from html import escape
from typing import TYPE_CHECKING

from espace.kernel.money import Money

if TYPE_CHECKING:
    from espace.payments.providers.demo.bank import Order

STYLESHEET = "/banque.css"
# form-action is left out: the shop's address is where the answer redirects, and a browser checks that too.
POLICY = "default-src 'none'; style-src 'self'; img-src 'self' data:; base-uri 'none'; frame-ancestors 'none'"
CSS = """
:root{color-scheme:light dark;--ink:#1b1b2b;--paper:#fff;--ground:#f1eef8;--main:#4a2d8f;--on:#fff;--line:#8a83a0}
@media (prefers-color-scheme:dark){:root{--ink:#f2f0f8;--paper:#171522;--ground:#221e33;--main:#c9b8ff;--on:#1b1b2b;--line:#8f88a8}}
*{box-sizing:border-box}
body{margin:0;font:1.0625rem/1.5 system-ui,sans-serif;color:var(--ink);background:var(--ground)}
main,header p{max-width:34rem;margin-inline:auto;padding-inline:1rem}
header{background:var(--main);color:var(--on);padding-block:.8rem}
header p{margin-block:0;font-weight:700}
main{padding-block:1.5rem 3rem}
h1{font-size:1.5rem;line-height:1.2;margin:0 0 .5rem}
.note{border-inline-start:4px solid var(--main);background:var(--paper);padding:.8rem 1rem;margin:0 0 1.5rem}
form,dl{background:var(--paper);padding:1rem;border:1px solid var(--line);margin:0 0 1.5rem}
dl{display:grid;grid-template-columns:auto 1fr;gap:.3rem 1rem}
dt{color:inherit;opacity:.8}dd{margin:0;font-weight:700;text-align:end}
fieldset{border:0;padding:0;margin:0 0 1.2rem}
legend{font-weight:700;padding:0;margin-bottom:.3rem}
label{display:flex;gap:.7rem;align-items:center;min-height:44px}
input{inline-size:1.3rem;block-size:1.3rem;flex:none}
button{display:block;inline-size:100%;min-height:48px;font:inherit;font-weight:700;margin-top:.7rem}
button{border:2px solid var(--main);background:transparent;color:var(--main);cursor:pointer}
button.first{background:var(--main);color:var(--on)}
:focus-visible{outline:3px solid #b00020;outline-offset:3px}
@media (prefers-color-scheme:dark){:focus-visible{outline-color:#ffd24a}}
"""


def _page(title: str, body: str) -> str:
    return (
        '<!doctype html><html lang="fr"><head><meta charset="utf-8">'
        '<meta name="viewport" content="width=device-width, initial-scale=1">'
        f'<title>{escape(title)} – Banque de démonstration</title><link rel="icon" href="data:,">'
        f'<link rel="stylesheet" href="{STYLESHEET}"></head><body>'
        f"<header><p>Banque de démonstration</p></header><main><h1>{escape(title)}</h1>{body}</main></body></html>"
    )


def home() -> str:
    """Says what this is to who comes by chance."""
    return _page(
        "Cette banque est un jeu",
        '<p class="note">Elle remplace la vraie pour essayer l’Espace Citoyens. Elle ne demande ni carte ni nom, '
        "et n’encaisse rien.</p>",
    )


def unknown() -> str:
    return _page("Paiement inconnu", '<p class="note">Aucun paiement n’a été ouvert à cette adresse.</p>')


def pay(order: Order) -> str:
    """What the payer sees: the amount, how the bank should behave, three buttons; or that it is done."""
    facts = (
        f"<dl><dt>Montant</dt><dd>{escape(str(Money(order.cents)))}</dd>"
        f"<dt>Commande</dt><dd>{escape(order.order_id[:12])}</dd></dl>"
    )
    if order.decision:
        back = escape(order.return_url, quote=True)
        return _page(
            "Ce paiement est terminé", f'{facts}<p><a href="{back}">Revenir à l’Espace Citoyens</a></p>'
        )
    return _page(
        "Payer par carte",
        '<p class="note">Ceci est un jeu : aucune carte n’est demandée, rien n’est débité. Choisissez ce que la '
        f"banque doit répondre.</p>{facts}"
        '<form method="post"><fieldset><legend>Quand la réponse est-elle connue&nbsp;?</legend>'
        '<label><input type="radio" name="quand" value="tout-de-suite" checked> Tout de suite</label>'
        '<label><input type="radio" name="quand" value="tard"> Plus tard, dans une vingtaine de secondes</label>'
        "</fieldset><fieldset><legend>La notification</legend>"
        '<label><input type="checkbox" name="deux-fois" value="1"> Notifier deux fois</label></fieldset>'
        '<button class="first" name="choix" value="payer">Accepter le paiement</button>'
        '<button name="choix" value="refuser">Refuser le paiement</button>'
        '<button name="choix" value="annuler">Annuler et revenir</button></form>',
    )
