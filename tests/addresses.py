"""Addresses that show every page and every form of a chart with the figures that the project brings along."""

from __future__ import annotations

from datetime import date

from dashboard.meeting.model import Chart, MeetingFile
from dashboard.meeting.written import PARAMETER, packed
from dashboard.page import PATHS

DISTRICTS = "03101,03102,03103,03151,03153,03154,03157,03158"
# a page by its name; the page's own default view
PAGES = {script.removesuffix(".py"): f"/{path}" for script, path in PATHS.items()}
# a file of a meeting with all that it can have: cover, headings, notes, a map, a table, the day of the last meeting
MEETING = MeetingFile(
    title="Runder Tisch Arbeitsmigration, 4. Sitzung",
    day=date(2026, 12, 3),
    place="Rathaus, Großer Sitzungssaal",
    participants="Wirtschaftsdezernat\nAgentur für Arbeit\nWelcome Center",
    since=date(2026, 11, 22),
    charts=(
        Chart(view="i=foreign_population&r=BSR", heading="Ausländische Bevölkerung", note="Zu besprechen: Wohnraum."),
        Chart(view=f"i=employees&r={DISTRICTS}&b=nationality%3Dforeign&as=share&chart=bar"),
        Chart(view="i=foreign_population_share&chart=map", heading="Anteil auf der Karte"),
        Chart(view=f"i=residence_permits&r=BSR,{DISTRICTS}&chart=table", note="Erste Zeile.\nZweite Zeile."),
        Chart(view="i=nothing&r=99999", heading="Ein Diagramm, das es nicht mehr gibt"),
    ),
)
FORMS = {
    "round-table-file": f"/round-table?{PARAMETER}={packed(MEETING)}",
    "lines": f"/explore?r=BSR,{DISTRICTS}&from=2010",
    "shares": f"/explore?r={DISTRICTS}&as=share",
    "index": f"/explore?r={DISTRICTS},03&from=2014&as=index",
    "bars": f"/explore?i=naturalisations&r=BSR,{DISTRICTS}&chart=bar",
    "columns": "/explore?i=migration_abroad&b=direction%3Dnet&chart=bar",
    "panels": f"/explore?i=employees&r={DISTRICTS}&chart=small-multiples",
    "table": f"/explore?i=residence_permits&r=BSR,{DISTRICTS}&chart=table",
    "side-by-side": "/explore?i=foreign_population,employees,unemployment_rate&r=BSR,03101&chart=side-by-side",
    "scatter": f"/explore?i=foreign_population,naturalisations&r={DISTRICTS}&chart=scatter",
    "district-map": f"/explore?r={DISTRICTS}&as=share&chart=map",
    "breaks": "/explore?i=population&r=03101",
    "notes": "/explore?i=nothing&r=99999,BSR&as=wrong&from=x",
    "map-change": "/map?i=foreign_population&as=change",
    "comparison-district": "/comparison?r=03102",
    "counselling-origin": "/counselling?b="
    + "%2C".join(
        f"origin%3D{code}%3Bprovider%3Ddemo" for code in ("eu", "ukraine", "balkan_turkey", "south_asia", "americas")
    ),
    "counselling-months": "/counselling?i=counselling_contacts_monthly&r=03103",
    "counselling-offices": "/counselling?i=counselling_contacts_quarterly&r=03101,03103&b=provider%3Ddemo",
    "counselling-share": "/counselling?as=share&chart=bar",
    "outlook-district": "/outlook?r=03102&migration=800&participation=2.5",
    "measures-beside": "/measures?m=salzgitter_intake",
    "measures-alone": "/measures?m=skilled_immigration&status=running",
    "services-bodies": "/services?by=bodies&group=skilled_worker",
    "services-stages": "/services?by=stages&r=03102",
    "chart-bars": f"/chart?i=foreign_population&r={DISTRICTS}&as=share&chart=bar",
    "missing": "/gibtsnicht",
}


def in_english(address: str) -> str:
    """The same address in English."""
    return f"{address}{'&' if '?' in address else '?'}lang=en"
