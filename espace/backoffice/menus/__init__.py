"""The canteens' menus, typed a week at a time."""
