"""Empty values for what the page frames read, so that every page can be drawn, even an error.

Listed before the processors that know the town and the viewer: theirs win.
"""

from __future__ import annotations

from django.http import HttpRequest

from espace.ui.items import Viewer


def defaults(request: HttpRequest) -> dict[str, object]:
    """No town, nobody signed in, no navigation. No query."""
    return {
        "town": None,
        "viewer": Viewer(),
        "nav": (),
        "nav_more": None,
        "footer_links": (),
        "home_url": "/",
        "help_url": "",
        "agent_search_url": "",
        "search_query": "",
        "town_css_url": "",
        "messages": (),
    }
