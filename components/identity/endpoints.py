"""Where a pod asks for its identity, apart from the 443 that everything else needs: for network policies. Imports no SDK."""

from __future__ import annotations

from collections.abc import Mapping

from components.vocabulary import Cloud

ENDPOINTS: Mapping[Cloud, tuple[str, int]] = {
    Cloud.AWS: ("169.254.170.23/32", 80),  # the EKS Pod Identity agent
    # GKE's metadata server. Dataplane V2 judges a packet by the address that the pod calls; under Calico the policy would have to name
    # 169.254.169.252, port 988, to which it is redirected.
    Cloud.GCP: ("169.254.169.254/32", 80),
}
"""Azure: none, tokens are fetched from the internet."""
