"""Pure helpers: money, calendar, clock, text, codes, bulk writes. No models, no imports from any other app."""
