"""A family's file, its people, and acting for it."""
