"""Stand-in for GCP."""

from __future__ import annotations

from collections.abc import Iterable

from sandbox.contract import Failure, Instance, Properties, Record, Refused, Request, World
from sandbox.gcp import consistency, dependencies, encryption, references, rights, uniqueness
from sandbox.gcp.identity import identify
from sandbox.gcp.invokes import answer
from sandbox.gcp.naming import automatic, named
from sandbox.gcp.outputs import Context, shape
from sandbox.gcp.projects import PROJECT_ID, REGIONS, all_labels, default_labels, project, region_of, zones
from sandbox.gcp.replacement import immutable
from sandbox.gcp.rules import judge
from sandbox.gcp.rules.labels import wrong_labels
from sandbox.gcp.services import require
from sandbox.invent import complete, foreseen
from sandbox.reflected import DEFAULTS, Reflected
from sandbox.reflection.model import Schema


class Gcp(Reflected):
    package = "gcp"

    def configure(self, instance: Instance) -> tuple[Failure, ...]:
        own, region, zone = instance.variables.get("project", ""), instance.region(), instance.variables.get("zone")
        failures: list[Failure] = []
        if not own:
            failures.append(Failure("project", "missing: the provider needs a project and the sandbox reads no ambient one"))
        elif not PROJECT_ID.fullmatch(own):
            reason = "is not a project id: 6-30 lower-case letters, digits and '-', a letter first, no '-' last"
            failures.append(Failure("project", f"{own!r} {reason}"))
        if not region:
            failures.append(Failure("region", "missing: the provider needs a region and the sandbox reads no ambient one"))
        elif region not in REGIONS:
            failures.append(Failure("region", f"{region!r} is not a GCP region (allowed: {', '.join(sorted(REGIONS))})"))
        elif zone and zone not in zones(region):
            failures.append(Failure("zone", f"{zone!r} is not a zone of {region} (allowed: {', '.join(zones(region))})"))
        failures += [Failure(f"defaultLabels{path}", reason) for path, reason in wrong_labels(default_labels(instance))]
        return tuple(failures)

    def named(self, request: Request, schema: Schema, olds: Properties, news: Properties) -> Properties:
        return named(request, schema, olds, news)

    def rules(self, request: Request, inputs: Properties) -> Iterable[Failure]:
        return judge(request, inputs)

    def immutable(self, type_: str) -> frozenset[str]:
        return immutable(type_)

    def named_by_hand(self, type_: str, inputs: Properties) -> bool:
        # Only where the provider would have made a name by itself; elsewhere the new one meets the old one's name, as it does in reality.
        rule = automatic(type_, self.schemas.of(type_))
        return rule is not None and isinstance(inputs.get(rule.property), str) and rule.property not in (inputs.get(DEFAULTS) or ())

    def preview(self, request: Request, inputs: Properties) -> Properties:
        schema = self.schemas.of(request.type)
        return foreseen(schema, self._known(request, schema, inputs))

    def admit(self, request: Request, inputs: Properties, prior: Record | None, world: World) -> None:
        owner, region = project(request.instance, inputs), region_of(request.instance, inputs)
        require(request.type, owner, world)
        if ("region" in inputs or "zone" in inputs) and region not in REGIONS:
            raise Refused("INVALID_ARGUMENT", f"Permission denied on 'locations/{region}' (or it may not exist).")
        references.admit(request, inputs, world)
        uniqueness.admit(request, self.schemas.of(request.type), inputs, prior, world)
        consistency.admit(request, inputs, prior, world)
        encryption.admit(request, inputs, world)
        rights.admit(request, inputs, world)

    def create(self, request: Request, inputs: Properties, prior: Record | None, world: World) -> tuple[str, Properties]:
        schema = self.schemas.of(request.type)
        known = self._known(request, schema, inputs)
        if prior is not None:
            # Computed values stay; what was taken out of the inputs goes.
            known = {name: value for name, value in prior.outputs.items() if name not in prior.inputs} | known
            id_ = prior.id
        else:
            id_, known = identify(request, schema, known, world)
        return id_, complete(schema, shape(Context(request, known, id_, prior, world), schema))

    def release(self, record: Record, world: World) -> None:
        dependencies.release(record, world)

    def invoke(self, instance: Instance, token: str, args: Properties, world: World) -> Properties:
        return answer(instance, token, args, world)

    def _known(self, request: Request, schema: Schema, inputs: Properties) -> Properties:
        """Inputs as outputs show them: with project, place and all labels, without the bookkeeping."""
        known = {name: value for name, value in inputs.items() if value is not None and not name.startswith("__")}
        if "project" in schema.outputs:
            known.setdefault("project", project(request.instance, inputs))
        for name in ("region", "location"):
            if name in schema.outputs and name in schema.inputs and not schema.inputs[name].required:
                known.setdefault(name, region_of(request.instance, inputs))
        if "effectiveLabels" in schema.outputs:
            known["effectiveLabels"] = known["pulumiLabels"] = all_labels(
                request.instance, {"labels": inputs.get("resourceLabels", inputs.get("labels"))}
            )
        return known
