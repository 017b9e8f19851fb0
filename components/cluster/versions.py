"""Kubernetes minors that each cloud's managed service supports as standard, newest last."""

from __future__ import annotations

from components.vocabulary import Cloud

# End of standard support by the vendors' calendars; Envoy Gateway 1.9 is tested on 1.33 to 1.36.
SUPPORTED: dict[Cloud, tuple[str, ...]] = {
    Cloud.AWS: ("1.34", "1.35", "1.36"),
    Cloud.GCP: ("1.34", "1.35", "1.36"),
    Cloud.AZURE: ("1.34", "1.35", "1.36"),
}


def supported(cloud: Cloud, version: str) -> bool:
    return version in SUPPORTED[cloud]
