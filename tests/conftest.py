"""What holds for every test: chance is seeded, and the first compilation of a kernel is no failure."""

from __future__ import annotations

from hypothesis import settings

settings.register_profile("duress", derandomize=True, deadline=None)
settings.load_profile("duress")
