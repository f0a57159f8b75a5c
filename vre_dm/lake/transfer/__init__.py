"""The fetch engine: plan, sources, copy, verify, place. It knows files and replicas, not the catalogue."""

from vre_dm.lake.transfer.engine import fetch_files
from vre_dm.lake.transfer.events import Event, Progress
from vre_dm.lake.transfer.policy import Pace, Policy

__all__ = ["Event", "Pace", "Policy", "Progress", "fetch_files"]
