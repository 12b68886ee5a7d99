"""« Mon agenda dans mon téléphone »: a private calendar at a secret address."""
