"""Writes locations.json: which inputs of which resource types hold a place.

Run it after an upgrade of the SDKs: `python -m policies.data.generate`.
The SDKs are read as syntax trees, never imported: importing all their modules takes two minutes and 1.5 GB, reading them a third of
that. Path grammar: `a.b` key, `[]` list element, `*` map value, `#` map key. Names are the wire's (camelCase).
"""

from __future__ import annotations

import ast
import json
import re
import sys
from collections.abc import Iterator
from dataclasses import dataclass, field
from importlib.util import find_spec
from pathlib import Path

TABLE = Path(__file__).with_name("locations.json")
PACKAGES = ("pulumi_aws", "pulumi_gcp", "pulumi_azure_native")
MAX_PATHS = 4000  # datafactory:Pipeline alone expands to 1.5 million paths; beyond this each input type is expanded once

PLACE_WORDS = frozenset(("region", "regions", "regional", "location", "locations", "zone", "zones"))
# A word directly before a place word that makes it something else: a path, a DNS zone, a country, a shelf.
OTHER_BEFORE = frozenset(
    re.findall(
        r"\w+",
        """
        hosted dns fqdn time managed security delegated parent landing maintenance dataplex changing 3 gcs staging temp output artifact
        artifacts file log logs script code object blob bucket document manifest warehouse credential request element image api content
        configuration secrets secret store certificate tenant unenroll trust geo physical rack moc custom extended or and calling
        completed skip allow all cross multi
        """,
    )
)
COUNTRY_BEFORE = frozenset(("or", "and", "calling", "completed", "skip", "allow", "all", "cross", "multi"))
AFTER = frozenset(("name", "names", "id", "ids", "list", "lists", "order", "orders"))
# Containers whose `name` is a region.
NAMED_PLACES = re.compile(r"(^|\.)(regions?|locations|target(Extended)?Locations|targetRegions|additionalLocations)\[\]\.$")
# What the documentation of a nested `location` says when it is a path or a position in an expression.
NOT_A_PLACE = re.compile(
    r"\bURIs?\b|\bURLs?\b|file system path|GeoJSON|error reporting|s3://|gs://|Amazon S3 (?:location|path)|local path|\bHTTP\b",
    re.IGNORECASE,
)
# Named like places, and none: patterns of "type path", with the reason.
EXCEPTIONS = {
    r"aws:identitystore/user:User addresses": "a person's postal address",
    r"aws:networkmanager/device:Device awsLocation": "a label of on-premises equipment",
    r"aws:dlm/\S+ policyDetails\.(resourceLocations|schedules\[\]\.createRule\.location)": "CLOUD, LOCAL_ZONE or OUTPOST",
    r"aws:directconnect/\S+ location": "a colocation centre's code",
    r"aws:cloudfront/\S+ .*geoRestriction\.locations": "countries of viewers",
    r"(aws:codebuild/|azure-native:awsconnector:CodeBuild)\S+ .+\.location": "a repository or bucket path",
    r"aws:codepipeline/\S+ artifactStores\[\]\.location": "a bucket's name",
    r"aws:glue/\S+ .*[lL]ocations?": "a path in S3",
    r"aws:securitylake/subscriber:\S+ sources": "a path in S3",
    r"aws:guardduty/\S+ location": "a path in S3",
    r"aws:route53/\S+ .*cidrRouting\w+\.locationName": "a name for a list of CIDR blocks",
    r"aws:s3control/accessGrant:\S+ accessGrantsLocationId": "the id of a grant",
    r"gcp:compute/interconnect:Interconnect location": "a colocation centre's code",
    r"azure-native:(web:StaticSite|workloads:)\S* .*appLocation": "a path, or a place that is named beside it",
    r"azure-native:networkcloud:Cluster clusterLocation": "a postal address",
    r"gcp:networkconnectivity/serviceConnectionPolicy:\S+ pscConfig": "an enumeration of project scopes",
    r"gcp:cloudrunv2/\S+ .*buildInfos": "a path in Cloud Storage",
}
# Places that their names do not show.
ADDITIONS = {
    "aws:elasticache/replicationGroup:ReplicationGroup": ("preferredCacheClusterAzs[]",),
    "gcp:spanner/instance:Instance": ("config",),
    "aws:s3/directoryBucket:DirectoryBucket": ("location.name",),
    "azure-native:datafactory:Pipeline": ("activities[].source.preferredRegions[]",),
}


@dataclass
class Input:
    """One property of an input class: its wire name, the input classes it may hold, and how it is wrapped."""

    name: str
    suffix: str  # "", "[]" or "*"
    classes: tuple[str, ...]
    text: bool
    doc: str


@dataclass
class Sources:
    """Input classes by module and name, and resource types with the class of their arguments."""

    classes: dict[str, list[Input]] = field(default_factory=dict[str, list[Input]])
    types: dict[str, str] = field(default_factory=dict[str, str])


def table(packages: tuple[str, ...] = PACKAGES, modules: frozenset[str] | None = None) -> dict[str, list[str]]:
    """Every resource type with its location paths, an empty list where it has none. `modules` limits the walk (tests)."""
    result: dict[str, list[str]] = {}
    exceptions = re.compile("|".join(EXCEPTIONS))
    for package in packages:
        sources = read(package, modules)
        hits = _reaching(sources)
        for token, arguments in sources.types.items():
            paths = _paths(sources, arguments, hits, MAX_PATHS)
            if paths is None:
                paths = _paths(sources, arguments, hits, None) or []
            kept = {path for path in paths if not exceptions.match(f"{token} {path}")}
            result[token] = sorted(kept | set(ADDITIONS.get(token, ())))
    return dict(sorted(result.items()))


def read(package: str, modules: frozenset[str] | None = None) -> Sources:
    spec = find_spec(package)
    if spec is None or spec.origin is None:
        raise SystemExit(f"{package} is not installed")
    root = Path(spec.origin).parent
    sources = Sources()
    for path in sorted(root.rglob("*.py")):
        module = path.relative_to(root).parent.as_posix()
        if path.name in ("outputs.py", "_enums.py", "__init__.py") or path.name.startswith("get_") or (modules and module not in modules):
            continue
        _read_module(ast.parse(path.read_text()), module, sources)
    return sources


def _read_module(tree: ast.Module, module: str, sources: Sources) -> None:
    local: dict[str, list[Input]] = {}
    token = ""
    for node in tree.body:
        if isinstance(node, ast.ClassDef):
            for decorator in node.decorator_list:
                text = ast.unparse(decorator)
                if text == "pulumi.input_type":
                    local[node.name] = list(_inputs(node, module))
                elif text.startswith("pulumi.type_token"):
                    token = ast.literal_eval(text.removeprefix("pulumi.type_token(").removesuffix(")"))
                    sources.types[token] = f"{module}:{token}"
                    arguments = local.get(f"{node.name}InitArgs") or local.get(f"{node.name}Args") or []
                    sources.classes[f"{module}:{token}"] = arguments
    if not token:  # _inputs.py; a resource file's own classes are its arguments and state
        sources.classes.update({f"{module}:{name}": inputs for name, inputs in local.items()})


def _inputs(node: ast.ClassDef, module: str) -> Iterator[Input]:
    for item in node.body:
        if not isinstance(item, ast.FunctionDef) or item.returns is None:
            continue
        getter = next((ast.unparse(d) for d in item.decorator_list if ast.unparse(d).startswith("pulumi.getter")), None)
        if getter is None:
            continue
        wire = re.search(r"name='([^']+)'", getter)
        kind = ast.unparse(item.returns)
        bare = re.sub(r"(pulumi\.Input|Optional)\[|_builtins\.", "", kind)
        suffix = "[]" if bare.startswith("Sequence[") else "*" if bare.startswith("Mapping[") else ""
        classes = tuple(_qualified(name, module) for name in re.findall(r"'([\w.]+Args)'", kind))
        text = not classes and not re.search(r"\b(bool|int|float|Any)\b", bare)
        yield Input(wire.group(1) if wire else item.name, suffix, classes, text, ast.get_docstring(item) or "")


def _qualified(name: str, module: str) -> str:
    """`_iam.PolicyStatementArgs` of another module's inputs, or a class beside this one."""
    other, _, bare = name.rpartition(".")
    return f"{other.removeprefix('_').removesuffix('.inputs') if other else module}:{bare}"


def _is_place(item: Input, nested: bool = True) -> bool:
    words = [word.lower() for word in re.findall(r"[A-Z]+(?![a-z])|[A-Z]?[a-z]+|\d+", item.name)]
    at = next((index for index in reversed(range(len(words))) if words[index] in PLACE_WORDS), None)
    if at is None or not item.text or (at and words[at - 1] in (OTHER_BEFORE if words[at][0] != "r" else COUNTRY_BEFORE)):
        return False
    after = words[at + 1 :]
    if after and not (set(after) <= AFTER or (item.suffix == "*" and words[at].startswith("region"))):
        return False
    if after and words[at] == "zone" and words[at - 1 : at] != ["availability"]:
        return False  # the name or the id of a DNS zone, for one
    return not (nested and words[at].startswith("location") and NOT_A_PLACE.search(item.doc))


def _reaching(sources: Sources) -> frozenset[str]:
    """The classes from which some place can be reached; all others are left out of the expansion."""
    reaching = {name for name, inputs in sources.classes.items() if any(_is_place(i, nested=False) or _is_name(i) for i in inputs)}
    while True:
        more = {n for n, inputs in sources.classes.items() if n not in reaching and any(c in reaching for i in inputs for c in i.classes)}
        if not more:
            return frozenset(reaching)
        reaching |= more


def _is_name(item: Input) -> bool:
    return item.text and item.name == "name"


def _paths(sources: Sources, root: str, hits: frozenset[str], limit: int | None) -> set[str] | None:
    """None when there are more than `limit`; without a limit each class is expanded once."""
    found: set[str] = set()
    once: set[str] | None = None if limit else set()
    steps = 0

    def walk(name: str, prefix: str, above: tuple[str, ...]) -> None:
        nonlocal steps
        steps += 1
        if name not in hits or name in above or (limit and steps > limit) or (once is not None and name in once):
            return
        if once is not None:
            once.add(name)
        for item in sources.classes[name]:
            path = f"{prefix}{item.name}{item.suffix}" if item.suffix != "*" or item.classes else f"{prefix}{item.name}#"
            if _is_place(item, nested=bool(prefix)) or (_is_name(item) and NAMED_PLACES.search(prefix)):
                found.add(path.replace("*", ".*"))
            for inner in item.classes:
                walk(inner, path.replace("*", ".*") + ".", (*above, name))

    walk(root, "", ())
    return None if limit and steps > limit else found


def main() -> None:
    TABLE.write_text(json.dumps(table(), separators=(",", ":"), sort_keys=True).replace('],"', '],\n"') + "\n")
    print(f"{TABLE.stat().st_size:,} bytes", file=sys.stderr)  # noqa: T201  # a script for people


if __name__ == "__main__":
    main()
