"""Argon2 at a cost that a small server bears: 19 MiB and two passes, about 35 ms (OWASP's floor)."""

from django.contrib.auth.hashers import Argon2PasswordHasher


class SmallServerArgon2(Argon2PasswordHasher):
    """Django's default costs 250–310 ms and 100 MiB a login: forty sign-ins at once would stop a small machine."""

    time_cost = 2
    memory_cost = 19 * 1024
    parallelism = 1
