"""« Ma famille », the Clé Enfance, each child's agenda."""
