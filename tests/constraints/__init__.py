"""Every constraint of every model, broken by one line each."""
