"""A small town lived at random: what families and agents do, in any order, and what must hold after each act."""
