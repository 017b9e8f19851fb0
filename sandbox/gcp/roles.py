"""The predefined roles of the services that platforms use. A role of another service is judged by its form alone."""

from __future__ import annotations

_NAMES = {
    "artifactregistry": (
        "admin containerRegistryMigrationAdmin createOnPushRepoAdmin createOnPushWriter exportArtifacts packageOwner reader repoAdmin"
        " serviceAgent viewer writer"
    ),
    "billing": "admin carbonViewer costsManager creator projectManager projectCostsManager user viewer",
    "cloudasset": "owner otherCloudConfigServiceAgent serviceAgent viewer",
    "cloudkms": (
        "admin autokeyAdmin autokeyUser cryptoKeyDecrypter cryptoKeyDecrypterViaDelegation cryptoKeyEncrypter cryptoKeyEncrypterDecrypter"
        " cryptoKeyEncrypterDecrypterViaDelegation cryptoKeyEncrypterViaDelegation cryptoOperator ekmConnectionsAdmin"
        " expertRawAesCbcKeyManager expertRawAesCtrKeyManager expertRawPKCS1Manager importer keyAccessJustificationsEnrollmentConfigAdmin"
        " orgServiceAgent protectedResourcesViewer publicKeyViewer serviceAgent signer signerVerifier verifier viewer"
    ),
    "cloudsql": "admin client editor instanceUser schemaViewer serviceAgent studioUser viewer",
    "compute": (
        "admin imageUser instanceAdmin instanceGroupManagerServiceAgent loadBalancerAdmin loadBalancerServiceUser networkAdmin networkUser"
        " networkViewer orgFirewallPolicyAdmin orgFirewallPolicyUser orgSecurityPolicyAdmin orgSecurityPolicyUser orgSecurityResourceAdmin"
        " osAdminLogin osLogin osLoginExternalUser packetMirroringAdmin packetMirroringUser publicIpAdmin securityAdmin serviceAgent"
        " soleTenantViewer storageAdmin viewer xpnAdmin"
    ),
    "container": (
        "admin cloudKmsKeyUser clusterAdmin clusterViewer defaultNodeServiceAccount developer hostServiceAgentUser nodeServiceAccount"
        " nodeServiceAgent serviceAgent viewer"
    ),
    "dns": "admin peer reader serviceAgent",
    "gkebackup": "admin backupAdmin delegatedBackupAdmin delegatedRestoreAdmin restoreAdmin serviceAgent viewer",
    "iam": (
        "denyAdmin denyReviewer oauthClientAdmin oauthClientViewer organizationRoleAdmin organizationRoleViewer roleAdmin roleViewer"
        " securityAdmin securityReviewer serviceAccountAdmin serviceAccountApiKeyBindingAdmin serviceAccountCreator serviceAccountDeleter"
        " serviceAccountKeyAdmin serviceAccountOpenIdTokenCreator serviceAccountTokenCreator serviceAccountUser serviceAccountViewer"
        " workforcePoolAdmin workloadIdentityPoolAdmin workloadIdentityPoolViewer workloadIdentityUser"
    ),
    "logging": (
        "admin bucketWriter configWriter fieldAccessor linkViewer logWriter privateLogViewer serviceAgent sqlAlertWriter viewAccessor"
        " viewer"
    ),
    "monitoring": (
        "admin alertPolicyEditor alertPolicyViewer dashboardEditor dashboardViewer editor metricWriter metricsScopesAdmin"
        " metricsScopesViewer notificationChannelEditor notificationChannelViewer notificationServiceAgent servicesEditor servicesViewer"
        " snoozeEditor snoozeViewer uptimeCheckConfigEditor uptimeCheckConfigViewer viewer"
    ),
    "orgpolicy": "policyAdmin policyViewer",
    "pubsub": "admin editor publisher serviceAgent subscriber viewer",
    "secretmanager": "admin secretAccessor secretVersionAdder secretVersionManager viewer",
    "servicenetworking": "networksAdmin serviceAgent",
    "serviceusage": "apiKeysAdmin apiKeysViewer serviceUsageAdmin serviceUsageConsumer serviceUsageViewer",
    "storage": (
        "admin anywhereCacheAdmin bucketViewer expressModeServiceInput expressModeServiceOutput expressModeUserAccess folderAdmin"
        " hmacKeyAdmin insightsCollectorService legacyBucketOwner legacyBucketReader legacyBucketWriter legacyObjectOwner"
        " legacyObjectReader objectAdmin objectCreator objectUser objectViewer"
    ),
    "storagetransfer": "admin serviceAgent transferAgent user viewer",
}
PREDEFINED = {service: frozenset(names.split()) for service, names in _NAMES.items()}


def exists(role: str) -> bool:
    """Whether Google keeps a role of this name; true for services that are not listed here."""
    service, dot, name = role.removeprefix("roles/").partition(".")
    known = PREDEFINED.get(service)
    versioned = name.removesuffix(".v1").removesuffix(".v2").removesuffix(".v1beta1")
    return not dot or known is None or versioned in known
