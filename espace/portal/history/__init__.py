"""« Historique »: what was done to the bookings of a family, by whom, under which rule, in its own words."""
