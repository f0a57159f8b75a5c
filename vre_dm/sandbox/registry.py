"""Which seed data this release of vre-dm holds."""

from hashlib import sha256
from pathlib import Path

REGISTRY = Path(__file__).parent / "seed" / "registry.json"


def seed_version() -> str:
    """Fingerprint of the seed's registry, which holds the checksum of every file."""
    return sha256(REGISTRY.read_bytes()).hexdigest()[:12] if REGISTRY.exists() else "none"
