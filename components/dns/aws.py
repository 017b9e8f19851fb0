"""A public DNS zone on AWS: Route 53."""

from __future__ import annotations

import pulumi
from pulumi_aws import route53

from components.core import Component
from components.dns.outputs import DnsOutputs
from components.dns.spec import DnsSpec
from components.site import Site

CAA_TTL_SECONDS = 3600


class AwsDns(Component[DnsOutputs]):
    """Unsigned: Route 53 takes DNSSEC keys from us-east-1 alone, which the residency rules refuse."""

    TYPE = "aws:Dns"

    def __init__(self, name: str, spec: DnsSpec, site: Site, opts: pulumi.ResourceOptions | None = None) -> None:
        super().__init__(name, opts)
        zone = route53.Zone(
            f"{name}-zone",
            name=spec.domain,
            comment=f"{site.name}: records are kept by external-dns",
            # Records that external-dns made are not the engine's: without this, a zone that may go would stay for their sake.
            force_destroy=not spec.deletion_protected,
            opts=self.protected(spec.deletion_protected),
        )
        route53.Record(
            f"{name}-caa", zone_id=zone.zone_id, name=spec.domain, type="CAA", ttl=CAA_TTL_SECONDS, records=caa(spec), opts=self.child
        )
        self.publish(DnsOutputs(domain=spec.domain, zone_id=zone.zone_id, ref=zone.arn, name_servers=zone.name_servers.apply(list)))


def caa(spec: DnsSpec) -> list[str]:
    """Who may issue certificates; nobody when none is named. Others' attempts are reported to the operators."""
    issuers = [f'0 issue "{authority}"' for authority in spec.caa] or ['0 issue ";"']
    return [*issuers, f'0 iodef "mailto:{spec.ops_email}"']
