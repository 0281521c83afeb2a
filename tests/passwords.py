from __future__ import annotations

from django.contrib.auth.hashers import Argon2PasswordHasher


class Light(Argon2PasswordHasher):
    """The product's hasher at the lowest cost: the real one takes a tenth of a second and 100 MB on purpose."""

    time_cost, memory_cost, parallelism = 1, 8, 1
