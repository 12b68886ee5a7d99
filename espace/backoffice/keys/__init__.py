"""Clés Enfance: made, printed, revoked; « Je n’ai pas de clé »."""
