"""The tests: they mirror `espace/`, plus journeys, races and the shape of the code itself."""
