"""People, households, children, guardians, custody, quotient, schooling, Clé Enfance."""
