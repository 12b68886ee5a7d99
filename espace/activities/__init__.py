"""The offer: activities, venues, periods, formulas, slots, pools of places, deadlines."""
