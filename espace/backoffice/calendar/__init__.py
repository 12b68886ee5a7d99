"""The school calendar: read month by month, corrected by an agent."""
