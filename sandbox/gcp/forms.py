"""How the ids of each type look.

Fields: `{project}` its id, `{number}` its number, `{region}` and `{location}` of the resource, `{name}` the physical name, `{uuid}`,
`{d19}` that many digits, `{in[property]}` an input, `{last[property]}` the last part of an input that may be a path. Without random
fields the id tells before creation, so that a second thing of the same id is refused.
"""

from __future__ import annotations

_P = "projects/{project}"
_MEMBER = "/{in[role]}/{in[member]}{condition}"


def _zonal(kind: str) -> str:
    return f"{_P}/zones/{{last[zone]}}/{kind}/{{name}}"


def _regional(kind: str) -> str:
    return f"{_P}/regions/{{region}}/{kind}/{{name}}"


def _located(kind: str) -> str:
    return f"{_P}/locations/{{location}}/{kind}/{{name}}"


def _global(kind: str) -> str:
    return f"{_P}/global/{kind}/{{name}}"


FORMS: dict[str, str] = {
    "gcp:artifactregistry/repository:Repository": _located("repositories"),
    "gcp:artifactregistry/repositoryIamMember:RepositoryIamMember": (
        _P + "/locations/{location}/repositories/{last[repository]}" + _MEMBER
    ),
    "gcp:billing/budget:Budget": "billingAccounts/{last[billingAccount]}/budgets/{uuid}",
    "gcp:cloudasset/projectFeed:ProjectFeed": "projects/{number}/feeds/{name}",
    "gcp:compute/address:Address": _regional("addresses"),
    "gcp:compute/disk:Disk": _zonal("disks"),
    "gcp:compute/firewall:Firewall": _global("firewalls"),
    "gcp:compute/forwardingRule:ForwardingRule": _regional("forwardingRules"),
    "gcp:compute/globalAddress:GlobalAddress": _global("addresses"),
    "gcp:compute/instance:Instance": _zonal("instances"),
    "gcp:compute/network:Network": _global("networks"),
    "gcp:compute/networkFirewallPolicy:NetworkFirewallPolicy": _global("firewallPolicies"),
    "gcp:compute/projectMetadataItem:ProjectMetadataItem": "{in[key]}",
    "gcp:compute/resourcePolicy:ResourcePolicy": _regional("resourcePolicies"),
    "gcp:compute/route:Route": _global("routes"),
    "gcp:compute/router:Router": _regional("routers"),
    "gcp:compute/routerNat:RouterNat": "{project}/{region}/{last[router]}/{name}",
    "gcp:compute/subnetwork:Subnetwork": _regional("subnetworks"),
    "gcp:compute/subnetworkIAMMember:SubnetworkIAMMember": _P + "/regions/{region}/subnetworks/{last[subnetwork]}" + _MEMBER,
    "gcp:container/cluster:Cluster": _located("clusters"),
    "gcp:container/nodePool:NodePool": _P + "/locations/{location}/clusters/{last[cluster]}/nodePools/{name}",
    "gcp:dns/dnsManagedZoneIamMember:DnsManagedZoneIamMember": _P + "/managedZones/{last[managedZone]}" + _MEMBER,
    "gcp:dns/managedZone:ManagedZone": _P + "/managedZones/{name}",
    "gcp:dns/policy:Policy": _P + "/policies/{name}",
    "gcp:dns/recordSet:RecordSet": _P + "/managedZones/{last[managedZone]}/rrsets/{in[name]}/{in[type]}",
    "gcp:dns/responsePolicy:ResponsePolicy": _P + "/responsePolicies/{in[responsePolicyName]}",
    "gcp:filestore/instance:Instance": _located("instances"),
    "gcp:gkebackup/backupPlan:BackupPlan": _located("backupPlans"),
    "gcp:gkebackup/backupPlanIamMember:BackupPlanIamMember": _P + "/locations/{location}/backupPlans/{last[name]}" + _MEMBER,
    "gcp:gkebackup/restorePlan:RestorePlan": _located("restorePlans"),
    "gcp:kms/cryptoKey:CryptoKey": "{in[keyRing]}/cryptoKeys/{name}",
    "gcp:kms/cryptoKeyIAMBinding:CryptoKeyIAMBinding": "{in[cryptoKeyId]}/{in[role]}{condition}",
    "gcp:kms/cryptoKeyIAMMember:CryptoKeyIAMMember": "{in[cryptoKeyId]}" + _MEMBER,
    "gcp:kms/keyRing:KeyRing": _located("keyRings"),
    "gcp:kms/keyRingIAMMember:KeyRingIAMMember": "{in[keyRingId]}" + _MEMBER,
    "gcp:logging/metric:Metric": "{name}",
    "gcp:logging/projectBucketConfig:ProjectBucketConfig": _located("buckets"),
    "gcp:logging/projectExclusion:ProjectExclusion": _P + "/exclusions/{name}",
    "gcp:logging/projectSink:ProjectSink": _P + "/sinks/{name}",
    "gcp:memorystore/instance:Instance": _P + "/locations/{location}/instances/{in[instanceId]}",
    "gcp:monitoring/alertPolicy:AlertPolicy": _P + "/alertPolicies/{d19}",
    "gcp:monitoring/notificationChannel:NotificationChannel": _P + "/notificationChannels/{d19}",
    "gcp:networkconnectivity/serviceConnectionPolicy:ServiceConnectionPolicy": _located("serviceConnectionPolicies"),
    "gcp:orgpolicy/policy:Policy": "{in[name]}",
    "gcp:projects/iAMAuditConfig:IAMAuditConfig": "{project}/audit_config/{in[service]}",
    "gcp:projects/iAMCustomRole:IAMCustomRole": _P + "/roles/{name}",
    "gcp:projects/iAMMember:IAMMember": "{project}" + _MEMBER,
    "gcp:projects/service:Service": "{project}/{in[service]}",
    "gcp:projects/serviceIdentity:ServiceIdentity": _P + "/services/{in[service]}",
    "gcp:pubsub/subscription:Subscription": _P + "/subscriptions/{name}",
    "gcp:pubsub/subscriptionIAMMember:SubscriptionIAMMember": _P + "/subscriptions/{last[subscription]}" + _MEMBER,
    "gcp:pubsub/topic:Topic": _P + "/topics/{name}",
    "gcp:pubsub/topicIAMMember:TopicIAMMember": _P + "/topics/{last[topic]}" + _MEMBER,
    "gcp:redis/instance:Instance": _P + "/locations/{region}/instances/{name}",
    "gcp:secretmanager/regionalSecret:RegionalSecret": _located("secrets"),
    "gcp:secretmanager/regionalSecretIamMember:RegionalSecretIamMember": (_P + "/locations/{location}/secrets/{last[secretId]}" + _MEMBER),
    "gcp:secretmanager/regionalSecretVersion:RegionalSecretVersion": "{version}",
    "gcp:secretmanager/secret:Secret": _P + "/secrets/{name}",
    "gcp:secretmanager/secretIamMember:SecretIamMember": _P + "/secrets/{last[secretId]}" + _MEMBER,
    "gcp:secretmanager/secretVersion:SecretVersion": "{version}",
    "gcp:serviceaccount/account:Account": _P + "/serviceAccounts/{name}@{project}.iam.gserviceaccount.com",
    "gcp:serviceaccount/iAMMember:IAMMember": "{in[serviceAccountId]}" + _MEMBER,
    "gcp:serviceaccount/key:Key": "{in[serviceAccountId]}/keys/{h40}",
    "gcp:servicenetworking/connection:Connection": "{quoted[network]}:{in[service]}",
    "gcp:servicenetworking/peeredDnsDomain:PeeredDnsDomain": "services/servicenetworking.googleapis.com/projects/{number}/{name}",
    "gcp:sql/database:Database": _P + "/instances/{last[instance]}/databases/{name}",
    "gcp:sql/databaseInstance:DatabaseInstance": "{name}",
    "gcp:sql/sslCert:SslCert": _P + "/instances/{last[instance]}/sslCerts/{h40}",
    "gcp:sql/user:User": "{name}/{in[host]}/{last[instance]}",
    "gcp:storage/bucket:Bucket": "{name}",
    "gcp:storage/bucketIAMBinding:BucketIAMBinding": "b/{in[bucket]}/{in[role]}{condition}",
    "gcp:storage/bucketIAMMember:BucketIAMMember": "b/{in[bucket]}" + _MEMBER,
    "gcp:storage/bucketObject:BucketObject": "{in[bucket]}-{name}",
    "gcp:storage/notification:Notification": "{in[bucket]}/notificationConfigs/{d3}",
    "gcp:storage/transferJob:TransferJob": "{project}/{d19}",
}


def form(type_: str) -> str:
    return FORMS.get(type_, _P + "/{module}/{name_or_digits}")
