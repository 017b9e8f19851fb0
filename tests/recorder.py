"""Records what a piece of program registers, without an engine and without a cloud.

    from tests.recorder import record

    def test_the_vault_is_encrypted_with_the_customer_key():
        registered = record(lambda: AwsBackup("playnew-backup", BackupSpec(), SITE, key(), None))
        vault = registered.one("aws:backup/vault:Vault")
        assert vault.inputs["kmsKeyArn"] == KEY_ARN        # inputs have wire names (camelCase) and plain values
        assert registered.one("eucloud:aws:Backup").outputs["vault"] == vault.state["name"]

- `record(declare, …)` calls `declare` as a program is run, so that whatever is registered late (in an `apply`) is recorded too.
  What `declare` returns is `registered.result`; what it exports with `pulumi.export` is `registered.exports`, where `secret_exports`
  are the paths of what is secret.
- `registered.one(type, name=None)` is the only one, or fails and says what there is; `.of(type)` are all of a type,
  `.children(parent)` what was registered under that name, `.types()` the counts by type.
- `Registered` also has `parent`, `provider`, `depends_on` (names), `protect`, `secrets` (paths of inputs that are secret), `state` (what
  the mock answered), components' `outputs` (what `register_outputs` got) with the paths of `secret_outputs`, and URNs: inputs come from
  `through`, `depends_on` adds `after`.
- Every resource answers its inputs plus an id (`<name>-id`), a `name`, an `arn`, the other text outputs of its type
  (`<name>-<output>`: `pn-key-keyId`) and what `states` adds:
  `states={"aws:eks/cluster:Cluster": {"endpoint": "https://…"}}`; a value may also be a function of the inputs.
- Data sources must be answered: `answers={"aws:index/getCallerIdentity:getCallerIdentity": {…}}`.
- Inputs of AWS, random, tls and Kubernetes resources are judged by the SDKs' own types: an unknown or missing property or a value
  of the wrong type fails the recording, and so does a warning (deprecated resources). `checked=False` leaves that out.
- `output(value)` makes a known Output for wiring; `config={"eu-cloud:stack": "…"}` sets the stack's configuration.
"""

from __future__ import annotations

import asyncio
import logging
from collections import Counter
from collections.abc import Callable, Iterator, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Generic, TypeVar, cast

import pulumi
from pulumi.runtime import mocks, rpc, settings
from pulumi.runtime.proto import resource_pb2
from pulumi.runtime.stack import Stack
from pulumi.runtime.sync_await import _ensure_event_loop  # pyright: ignore[reportPrivateUsage]  # the loop that the SDK itself takes

from sandbox.reflection.check import check
from sandbox.reflection.model import Scalar
from sandbox.reflection.schema import Schemas
from sandbox.reflection.source import UnknownType
from tests.wire import secrets

T = TypeVar("T")
State = Mapping[str, Any] | Callable[[Mapping[str, Any]], Mapping[str, Any]]

REGION = "eu-south-1"
ACCOUNT = "111122223333"
STACK = "pulumi:pulumi:Stack"
JUDGED = frozenset({"aws", "gcp", "azure-native", "random", "tls", "kubernetes"})

# As `.sandbox/` may be removed at any time, its folder of read schemas is only a cache: three seconds less in each process.
_SCHEMAS = Schemas(Path(__file__).resolve().parents[1] / ".sandbox" / "schemas")
_WORKER = ThreadPoolExecutor(max_workers=1)
"""One thread registers everything, in the program's order."""


@dataclass(frozen=True)
class Registered:
    type: str
    name: str
    inputs: dict[str, Any]
    urn: str
    parent: str
    """Name of the parent, empty for what hangs on the stack itself."""
    provider: str
    """Name of the explicit provider, empty for the default one and for components."""
    custom: bool
    protect: bool
    depends_on: tuple[str, ...]
    through: frozenset[str]
    after: frozenset[str]
    ignore_changes: tuple[str, ...]
    replace_on_changes: tuple[str, ...]
    deleted_with: str
    """Name of the resource whose deletion takes this one with it, empty for most."""
    secrets: tuple[str, ...]
    state: dict[str, Any]
    outputs: dict[str, Any] = field(default_factory=dict[str, Any])
    secret_outputs: tuple[str, ...] = ()
    """Paths into what a component publishes."""


def output(value: T) -> pulumi.Output[T]:
    """An Output that is known: wiring for a component under test. Call it inside `declare`, or at least not at import."""
    return pulumi.Output.from_input(cast("Any", value))


@dataclass(frozen=True)
class Recording(Generic[T]):
    result: T
    resources: tuple[Registered, ...]
    exports: dict[str, Any]
    secret_exports: tuple[str, ...] = ()
    """Paths into the stack's outputs."""

    def __iter__(self) -> Iterator[Registered]:
        return iter(self.resources)

    def of(self, type_: str) -> list[Registered]:
        return [item for item in self.resources if item.type == type_]

    def one(self, type_: str, name: str | None = None) -> Registered:
        found = [item for item in self.of(type_) if name in (None, item.name)]
        known = sorted((item.type, item.name) for item in self.resources)
        assert len(found) == 1, f"{len(found)} of {type_} {name or ''}; there are {known}"
        return found[0]

    def children(self, parent: str) -> list[Registered]:
        return [item for item in self.resources if item.parent == parent]

    def types(self) -> Counter[str]:
        return Counter(item.type for item in self.resources)


def record(
    declare: Callable[[], T],
    states: Mapping[str, State] | None = None,
    answers: Mapping[str, Mapping[str, Any]] | None = None,
    *,
    config: Mapping[str, str] | None = None,
    secret_keys: Sequence[str] = (),
    preview: bool = False,
    checked: bool = True,
    project: str = "eu-cloud",
    stack: str = "test",
) -> Recording[T]:
    monitor = _Monitor(_Answers(states or {}, answers or {}), f"{stack}::{project}")
    settings.ROOT.set(None)
    mocks.set_mocks(monitor.mocks, project=project, stack=stack, preview=preview, monitor=monitor, logger=(log := _Log()))
    pulumi.runtime.set_all_config(dict(config or {}), list(secret_keys))
    results: list[T] = []
    exports: dict[str, Any] = {}

    def run() -> pulumi.Output[None]:
        results.append(declare())
        root = cast("Stack", settings.get_root_resource())
        stack_outputs = root.outputs
        if stack_outputs:
            root.register_outputs(stack_outputs)  # as the engine learns of them: it tells which are secret
        return pulumi.Output.from_input(cast("Any", stack_outputs)).apply(lambda known: exports.update(cast("dict[str, Any]", known)))

    _run(run)
    resources = tuple(monitor.registered())
    if checked:
        mistakes = [mistake for item in resources for mistake in _mistakes(item)] + log.warnings
        assert not mistakes, "\n".join(mistakes)
    return Recording(results[0], resources, exports, monitor.secret_exports())


def _run(program: Callable[[], Any]) -> None:
    """As Pulumi's own test decorator, but nothing of a program that failed goes on behind the next test's back."""
    loop = _ensure_event_loop()
    loop.set_default_executor(_WORKER)
    # A failed program leaves Outputs whose error nobody asks for. The loop would print them when they are collected, at any moment;
    # in the midst of pytest's own parsing that is an internal error of Python 3.11. The failure itself is raised here.
    loop.set_exception_handler(lambda _loop, _context: None)
    try:
        cast("Any", pulumi.runtime).test(program)()
    except BaseException:
        for task in (left := asyncio.all_tasks(loop)):
            task.cancel()
        loop.run_until_complete(asyncio.gather(*left, return_exceptions=True))
        _WORKER.submit(lambda: None).result()
        raise


def _mistakes(item: Registered) -> Iterator[str]:
    if item.custom and _judged(item.type):
        for failure in check(_SCHEMAS.of(item.type), item.inputs):
            yield f"{item.type} {item.name}: {failure.path}: {failure.reason}"


class _Log(logging.Logger):
    def __init__(self) -> None:
        super().__init__("recorder")
        self.warnings: list[str] = []

    def warning(self, msg: object, *args: object, **kwargs: Any) -> None:
        self.warnings.append(str(msg))


class _Answers(mocks.Mocks):
    def __init__(self, states: Mapping[str, State], answers: Mapping[str, Mapping[str, Any]]) -> None:
        self._states = states
        self._answers = answers

    def call(self, args: mocks.MockCallArgs) -> tuple[dict[str, Any], list[tuple[str, str]] | None]:
        if args.token not in self._answers:
            raise AssertionError(f"no answer for the data source {args.token}: give `answers`")
        return dict(self._answers[args.token]), []

    def new_resource(self, args: mocks.MockResourceArgs) -> tuple[str | None, dict[str, Any]]:
        inputs: dict[str, Any] = cast("Any", args).inputs
        if not args.custom:
            return "", inputs
        state = {"name": args.name} | inputs
        if args.typ.startswith("aws:"):
            state.setdefault("arn", _arn(args.typ, state))
        special = self._states.get(args.typ, {})
        state |= dict(special(inputs) if callable(special) else special)
        return str(state.get("id", f"{args.name}-id")), _promised(args.typ, args.name) | state


def _promised(type_: str, name: str) -> dict[str, Any]:
    """A value for each text output that the SDK promises: it tells whose it is."""
    outputs = _SCHEMAS.of(type_).outputs if _judged(type_) else {}
    return {wire: f"{name}-{wire}" for wire, promised in outputs.items() if promised.required and promised.type == Scalar("string")}


def _judged(type_: str) -> bool:
    """Kinds of add-ons (`cert-manager.io/v1`) are in no SDK: their own definitions judge them, see `tests.crds`."""
    if type_.partition(":")[0] not in JUDGED:
        return False
    try:
        _SCHEMAS.of(type_)
    except UnknownType:
        if type_.startswith("kubernetes:") and "." in type_.split(":")[1]:
            return False
        raise
    return True


def _arn(type_: str, state: Mapping[str, Any]) -> str:
    service, _, kind = type_.split(":")[1].partition("/")
    region = "" if service == "iam" else state.get("region") or REGION
    return f"arn:aws:{service}:{region}:{ACCOUNT}:{kind}/{state['name']}"


class _Monitor(mocks.MockMonitor):
    """Also keeps parents, options and component outputs, and makes URNs as the engine does: with the whole chain of parents' types."""

    def __init__(self, answers: _Answers, where: str) -> None:
        super().__init__(answers)
        self._where = where
        self._requests: dict[str, Any] = {}
        self._outputs: dict[str, dict[str, Any]] = {}
        self._secret_outputs: dict[str, tuple[str, ...]] = {}

    def GetDeploymentInfo(self, request: Any) -> Any:  # noqa: N802, RUF100  the name is gRPC's
        """Without references to resources: one that is read on the registering thread makes Outputs that the program awaits for ever."""
        info = super().GetDeploymentInfo(request)  # pyright: ignore[reportUnknownMemberType]  # untyped in the SDK
        info.supportedFeatures.remove(resource_pb2.RESOURCE_MONITOR_FEATURE_RESOURCE_REFERENCES)
        return info

    def make_urn(self, parent: str, type_: str, name: str) -> str:
        chain = parent.split("::")[2] if parent else STACK
        qualified = type_ if chain == STACK else f"{chain}${type_}"
        return f"urn:pulumi:{self._where}::{qualified}::{name}"

    def RegisterResource(self, request: Any) -> Any:  # noqa: N802, RUF100  the name is gRPC's
        response = super().RegisterResource(request)  # pyright: ignore[reportUnknownMemberType]  # untyped in the SDK
        if request.type != STACK:
            assert response.urn not in self._requests, f"duplicate resource URN {response.urn}"
            self._requests[response.urn] = request
        return response

    def RegisterResourceOutputs(self, request: Any) -> Any:  # noqa: N802, RUF100  the name is gRPC's
        self._outputs[request.urn] = _plain(rpc.deserialize_properties(request.outputs))
        self._secret_outputs[request.urn] = tuple(secrets(request.outputs))
        return super().RegisterResourceOutputs(request)  # pyright: ignore[reportUnknownMemberType]  # untyped in the SDK

    def registered(self) -> Iterator[Registered]:
        for urn, request in self._requests.items():
            inputs = cast("dict[str, Any]", rpc.deserialize_properties(request.object))
            yield Registered(
                type=request.type,
                name=request.name,
                inputs=_plain(inputs),
                urn=urn,
                parent="" if f"::{STACK}::" in request.parent else _name(request.parent),
                provider=_name(request.provider.rpartition("::")[0]),
                custom=request.custom,
                protect=request.protect,
                depends_on=tuple(sorted(_name(dependency) for dependency in request.dependencies)),
                through=(through := frozenset(urn for of in request.propertyDependencies.values() for urn in of.urns)),
                after=frozenset(request.dependencies) - through,
                ignore_changes=tuple(request.ignoreChanges),
                replace_on_changes=tuple(request.replaceOnChanges),
                deleted_with=_name(request.deletedWith),
                secrets=tuple(_secret_paths(inputs)),
                state=_plain(cast("Any", self.resources[urn])[2]),
                outputs=self._outputs.get(urn, {}),
                secret_outputs=self._secret_outputs.get(urn, ()),
            )

    def secret_exports(self) -> tuple[str, ...]:
        return tuple(path for urn, paths in self._secret_outputs.items() if f"::{STACK}::" in urn for path in paths)


def _name(urn: str) -> str:
    return urn.split("::", 3)[3] if urn else ""


def _plain(value: Any) -> Any:
    value = rpc.unwrap_rpc_secret(value)
    if isinstance(value, dict):
        return {key: _plain(item) for key, item in cast("dict[str, Any]", value).items()}
    if isinstance(value, list):
        return [_plain(item) for item in cast("list[Any]", value)]
    return value


def _secret_paths(value: Any, path: str = "") -> Iterator[str]:
    if rpc.is_rpc_secret(value):
        yield path
    elif isinstance(value, dict):
        for key, item in cast("dict[str, Any]", value).items():
            yield from _secret_paths(item, f"{path}.{key}" if path else key)
    elif isinstance(value, list):
        for index, item in enumerate(cast("list[Any]", value)):
            yield from _secret_paths(item, f"{path}[{index}]")
