"""The town: identity, hours, schools, school calendar, cash offices, public documents. One source for each."""
