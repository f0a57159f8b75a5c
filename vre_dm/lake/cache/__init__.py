"""Verified files kept by their content: shown without a copy, shared by an admin, bounded by a quota."""

from vre_dm.lake.cache.store import Cache

__all__ = ["Cache"]
