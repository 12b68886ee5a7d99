"""The canteens' menus of the weeks around today: four weeks that come round again, as a caterer's cycle does."""

from __future__ import annotations

from datetime import date, timedelta

from espace.demo.school_calendar import SchoolCalendar
from espace.kernel.calendar import iso_week, monday_of
from espace.town.enums import DayKindStored
from espace.town.models import Menu

BEFORE, AFTER = timedelta(weeks=1), timedelta(weeks=4)
CYCLE = (
    (
        ("Carottes râpées au citron", "Lasagnes de lentilles (végétarien)", "Yaourt de la ferme", "Pomme"),
        ("Velouté de potiron", "Filet de colin, riz", "Comté", "Compote de poires"),
        ("Betteraves en vinaigrette", "Poulet rôti, haricots verts", "Riz au lait"),
        ("Salade de pois chiches", "Bœuf bourguignon, pommes vapeur", "Clémentine"),
        ("Céleri rémoulade", "Quiche aux poireaux (végétarien)", "Fromage blanc", "Biscuit sablé"),
    ),
    (
        ("Soupe de légumes", "Couscous de légumes (végétarien)", "Tomme", "Banane"),
        ("Salade verte aux noix", "Rôti de porc ou omelette, purée", "Crème dessert"),
        ("Taboulé", "Dos de cabillaud, épinards", "Emmental", "Kiwi"),
        ("Chou rouge aux pommes", "Dahl de lentilles, riz (végétarien)", "Yaourt nature"),
        ("Œuf mayonnaise", "Sauté de dinde, petits pois", "Tarte aux pommes"),
    ),
    (
        ("Salade d’endives", "Chili sans viande (végétarien)", "Brie", "Orange"),
        ("Potage de carottes", "Blanquette de veau, blé", "Poire"),
        ("Macédoine", "Saumon, pâtes", "Petit-suisse", "Compote"),
        ("Radis noir", "Gratin de chou-fleur (végétarien)", "Gâteau au yaourt"),
        ("Salade de riz", "Steak haché, frites", "Cantal", "Clémentine"),
    ),
    (
        ("Concombre à la crème", "Omelette, ratatouille (végétarien)", "Yaourt", "Pomme"),
        ("Salade de lentilles", "Poulet au curry, riz", "Ananas"),
        ("Velouté de poireaux", "Poisson pané, brocolis", "Camembert", "Raisin"),
        ("Carottes râpées", "Hachis parmentier", "Salade de fruits"),
        ("Betteraves", "Pâtes au pesto (végétarien)", "Gouda", "Banane"),
    ),
)


def write_menus(today: date, calendar: SchoolCalendar) -> None:
    """The school days from the week before to the fourth week to come."""
    monday = monday_of(today)
    days = [day for day, (kind, _) in calendar.days.items() if kind == DayKindStored.SCHOOL]
    Menu.objects.bulk_create(
        Menu(date=day, lines="\n".join(CYCLE[iso_week(day) % len(CYCLE)][day.weekday()]))
        for day in sorted(days)
        if monday - BEFORE <= day < monday + AFTER and day.weekday() < len(CYCLE[0])
    )
