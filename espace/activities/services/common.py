"""What several services of the offer do alike."""

from __future__ import annotations

from espace.activities.models import Activity
from espace.kernel.errors import NotFound


def locked_activity(activity_id: int) -> Activity:
    activity = Activity.objects.select_for_update(no_key=True).filter(id=activity_id).first()
    if activity is None:
        raise NotFound
    return activity
