"""Rucio policy package of the embedded lake, modelled on what the ESCAPE lake lets a plain user do."""

SUPPORTED_VERSION = ">=41,<42"
