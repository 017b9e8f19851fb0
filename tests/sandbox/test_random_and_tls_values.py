"""Random values, keys and certificates, and the clouds that have only general rules."""

import re
import string
import sys
import time
import uuid

import pytest
from cryptography import x509
from cryptography.hazmat.primitives.serialization import load_pem_private_key

from sandbox.contract import Properties, Refused
from tests.sandbox.accounts import Account

PASSWORD, KEY, SELF_SIGNED = (
    "random:index/randomPassword:RandomPassword",
    "tls:index/privateKey:PrivateKey",
    "tls:index/selfSignedCert:SelfSignedCert",
)


def random() -> Account:
    return Account(package="random")


def test_a_password_has_its_length_its_classes_and_no_others():
    inputs: Properties = {"length": 24, "minLower": 2, "minUpper": 2, "minNumeric": 2, "minSpecial": 3, "overrideSpecial": "_-"}
    value = random().make(PASSWORD, **inputs).outputs["result"]
    assert len(value) == 24
    assert sum(letter in "_-" for letter in value) >= 3
    assert set(value) <= set(string.ascii_letters + string.digits + "_-")
    assert re.fullmatch(r"[A-Za-z0-9]{16}", random().make(PASSWORD, length=16, special=False).outputs["result"])


def test_random_values_differ_and_stay():
    account = random()
    first, second = (account.make(PASSWORD, name, length=20) for name in "ab")
    assert first.outputs["result"] != second.outputs["result"]
    assert account.change(first).outputs["result"] == first.outputs["result"]
    assert first.outputs["result"] not in first.id


def test_every_input_is_part_of_the_value():
    assert random().diff(PASSWORD, {"length": 20}, {"length": 21}).replaces == ("length",)
    assert random().diff(PASSWORD, {"length": 20}, {"length": 20, "keepers": {"a": "b"}}).replaces == ("keepers",)


@pytest.mark.parametrize(
    ("inputs", "path"),
    [
        ({"length": 0}, "length"),
        ({"length": 3, "minLower": 4}, "length"),
        ({"length": 8, "lower": False, "upper": False, "numeric": False, "special": False}, "special"),
        ({"length": 8, "special": False, "minSpecial": 1}, "minSpecial"),
        ({"length": "8"}, "length"),
        ({}, "length"),
    ],
)
def test_an_impossible_password_is_refused(inputs: Properties, path: str):
    assert path in random().failures(PASSWORD, inputs)


def test_an_identifier_of_version_7_tells_when_it_was_made():
    before = time.time_ns() // 1_000_000
    made = uuid.UUID(random().make("random:index/randomUuid7:RandomUuid7").outputs["result"])
    assert (made.version, made.variant) == (7, uuid.RFC_4122)
    assert before <= made.int >> 80 <= time.time_ns() // 1_000_000


def test_the_other_random_types_answer_in_their_forms():
    account = random()
    id_ = account.make("random:index/randomId:RandomId", byteLength=4, prefix="p-").outputs
    assert re.fullmatch(r"p-[0-9a-f]{8}", id_["hex"])
    assert re.fullmatch(r"[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}", account.make("random:index/randomUuid:RandomUuid").outputs["result"])
    assert re.fullmatch(r"x_[a-z]+_[a-z]+_[a-z]+", account.make("random:index/randomPet:RandomPet", length=3, separator="_", prefix="x").id)
    assert 3 <= account.make("random:index/randomInteger:RandomInteger", min=3, max=5).outputs["result"] <= 5
    assert len(account.make("random:index/randomString:RandomString", length=9).outputs["result"]) == 9


@pytest.mark.parametrize("inputs", [{"algorithm": "RSA"}, {"algorithm": "ECDSA", "ecdsaCurve": "P256"}, {"algorithm": "ED25519"}])
def test_keys_are_real(inputs: Properties):
    outputs = Account(package="tls").make(KEY, **inputs).outputs
    assert load_pem_private_key(outputs["privateKeyPem"].encode(), None)
    assert outputs["publicKeyOpenssh"].startswith(("ssh-", "ecdsa-"))


def test_an_own_authority_signs_certificates():
    account = Account(package="tls")
    authority_key, key = (account.make(KEY, name, algorithm="ECDSA", ecdsaCurve="P256").outputs["privateKeyPem"] for name in ("ca", "leaf"))
    uses = {"allowedUses": ["server_auth", "digital_signature"], "validityPeriodHours": 24}
    subject = {"commonName": "authority"}
    authority = account.make(
        SELF_SIGNED,
        privateKeyPem=authority_key,
        subject=subject,
        isCaCertificate=True,
        allowedUses=["cert_signing"],
        validityPeriodHours=48,
    )
    request = account.make(
        "tls:index/certRequest:CertRequest", privateKeyPem=key, subject={"commonName": "db.internal"}, dnsNames=["db.internal"]
    )
    signed = account.make(
        "tls:index/locallySignedCert:LocallySignedCert",
        certRequestPem=request.outputs["certRequestPem"],
        caPrivateKeyPem=authority_key,
        caCertPem=authority.outputs["certPem"],
        **uses,
    )
    certificate = x509.load_pem_x509_certificate(signed.outputs["certPem"].encode())
    certificate.verify_directly_issued_by(x509.load_pem_x509_certificate(authority.outputs["certPem"].encode()))
    names = certificate.extensions.get_extension_for_class(x509.SubjectAlternativeName).value
    assert names.get_values_for_type(x509.DNSName) == ["db.internal"]


@pytest.mark.parametrize(
    ("inputs", "path"), [({"algorithm": "DSA"}, "algorithm"), ({"algorithm": "ECDSA", "ecdsaCurve": "P1"}, "ecdsaCurve"), ({}, "algorithm")]
)
def test_an_unknown_kind_of_key_is_refused(inputs: Properties, path: str):
    assert path in Account(package="tls").failures(KEY, inputs)


def test_without_the_cryptography_package_keys_are_refused_clearly(monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setitem(sys.modules, "sandbox.certificates", None)
    monkeypatch.delattr("sandbox.certificates", raising=False)
    account = Account(package="tls")
    with pytest.raises(Refused, match="cryptography"):
        account.make(KEY, algorithm="RSA")


def test_the_other_clouds_are_judged_by_their_sdks():
    google, azure = Account(package="gcp"), Account(package="azure-native")
    assert "did you mean 'location'?" in google.failures("gcp:storage/bucket:Bucket", {"locaton": "EU"})["locaton"]
    bucket = google.make("gcp:storage/bucket:Bucket", location="EU")
    assert re.fullmatch(r"thing-[0-9a-f]{7}", bucket.outputs["name"])
    wrong = {"kind": "StorageV2", "resourceGroupName": "g", "sku": {"name": "Standard_LR"}}
    assert "Standard_ZRS" in azure.failures("azure-native:storage:StorageAccount", wrong)["sku.name"]
