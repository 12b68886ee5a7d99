"""The rules of each activity: deadlines, openings, extensions, admissions, places."""
