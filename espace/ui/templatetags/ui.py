"""The components of Espace Citoyens. `{% load ui %}`, then:

WORDS (filters, plain text)
    {{ cents|money }}                 "12,40 €"       int cents or Money; None gives ""
    {{ day|date_long }}               "lundi 12 octobre 2026"
    {{ moment|datetime_long }}        "lundi 12 octobre 2026 à 23 h 59"
    {{ day|date_short }}  {{ t|hour }}  {{ text|cap }}   cap: first letter in capital
    {{ address|email }}               breaks before its @, if it must
    {{ name|de_nom }}                 "de Léo", "d’Ilyès"
ELEMENTS (inline tags)
    {% icon "cal" size="l" label="" %}                          a drawn sign; a label makes it meaningful
    {% drawing "empty" %}                                       empty | done | lost | street | rest
    {% when day_or_moment form="long|short|hour" cap=False %}   <time datetime=…>words</time>
    {% eph day kind="|now|due" today=None %}                    the date everything hangs from
    {% badge "réglée" kind="|ok|sun|err|fill|tint|dash" icon="" %}
    {% monogram "Maëlys" kind="|ink" %}                         initials in a square, hidden from readers
    {% definition "quotient familial" text="" %}                a word that opens its explanation (in a div, not a p)
ACTIONS
    {% button "Réserver" kind="main|line|text|sun|danger|stop" icon="" size="|l" name="" value="" type="submit"
              block=False disabled=False form="" formaction="" dialog="" %}
    {% link_button "Voir" url kind="main" icon="" size="" block=False dialog="" %}
PAGE
    {% page_head "Titre" kick="" lead="" %}
    {% breadcrumb "Accueil" home_url "Factures" list_url current="Septembre 2026" %}
    {% tabs tabs label="Enfants" %}              tabs: list[items.Tab]
    {% stepper steps current=2 all_labels=False %}  steps: list[str]; current counts from 1
    {% pagination page param="page" %}           a django Page; keeps the other filters of the address
    {% toasts messages %}                        django messages, already in the base templates
FORMS
    {% error_summary form title="" %}            nothing when the form is valid; takes the focus
    {% field form.email label="" hint="" optional=None autocomplete="" inputmode="" size="|s|m" known=""
             choice_hints=None %}
    {% fieldset "Qui paie ?" hint="" %}…{% endfieldset %}
BLOCKS
    {% alert "info|sun|ok|err" title="" live="|status|alert" %}…{% endalert %}
    {% card title="" kind="line|block|tinted|sunny" level=3 url="" %}…{% endcard %}
    {% table "Factures de 2026" fold=True dense=False hide_caption=False %}<thead>…{% endtable %}
    {% empty_state "Tout est en ordre" drawing="rest" level=2 %}…{% endempty_state %}
    {% confirm "Annuler trois repas ?" yes="Annuler les trois repas" no="Garder" no_url=back dialog=""
              danger=True name="" value="" %}…{% endconfirm %}
LISTS
    {% timeline entries %}      list[items.TimelineEntry]
    {% marked_weeks marks caption="Novembre 2026" %}   marks: list[items.DayMark], one a day, laid out in weeks
    {% file_list files %}       list[items.FileItem]
    {% price_chain steps %}     list[items.PriceStep]

An unknown option is refused when the template is compiled, an unknown value when it is drawn:
both are a TemplateSyntaxError that says what is allowed.
"""

from __future__ import annotations

from django import template

from espace.ui.tags import blocks, elements, forms, page, words

register = template.Library()

for family in (words, elements, blocks, page, forms):
    register.tags.update(family.register.tags)
    register.filters.update(family.register.filters)
