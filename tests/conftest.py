"""Settings of every test: property tests are limited by their number of examples, never by the clock."""

from __future__ import annotations

from hypothesis import settings

settings.register_profile("groundwire", deadline=None)
settings.load_profile("groundwire")
