"""Hostile input, sent to every form and every address: a clear sentence, the data unchanged, never a 500."""
