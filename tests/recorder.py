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
from typing import Any, Generic, TypeVar, cast

import pulumi
from pulumi.runtime import mocks, rpc, settings
from pulumi.runtime.stack import Stack
from pulumi.runtime.sync_await import _ensure_event_loop  # pyright: ignore[reportPrivateUsage]  # the loop that the SDK itself takes

from sandbox.reflection.check import check
from tests.answers import SCHEMAS, Answers, State, judged
from tests.monitor import STACK, Monitor, plain

T = TypeVar("T")

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
    aliases: tuple[str, ...]
    """Types that it had before, or whole URNs."""
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
    monitor = Monitor(Answers(states or {}, answers or {}), f"{stack}::{project}")
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
    resources = tuple(_registered(monitor))
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
    if item.custom and judged(item.type):
        for failure in check(SCHEMAS.of(item.type), item.inputs):
            yield f"{item.type} {item.name}: {failure.path}: {failure.reason}"


class _Log(logging.Logger):
    def __init__(self) -> None:
        super().__init__("recorder")
        self.warnings: list[str] = []

    def warning(self, msg: object, *args: object, **kwargs: Any) -> None:
        self.warnings.append(str(msg))


def _registered(monitor: Monitor) -> Iterator[Registered]:
    for urn, request in monitor.requests.items():
        inputs = cast("dict[str, Any]", rpc.deserialize_properties(request.object))
        yield Registered(
            type=request.type,
            name=request.name,
            inputs=plain(inputs),
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
            aliases=(*request.aliasURNs, *(alias.urn or alias.spec.type for alias in request.aliases)),
            secrets=tuple(_secret_paths(inputs)),
            state=plain(cast("Any", monitor.resources[urn])[2]),
            outputs=monitor.outputs.get(urn, {}),
            secret_outputs=monitor.secret_outputs.get(urn, ()),
        )


def _name(urn: str) -> str:
    return urn.split("::", 3)[3] if urn else ""


def _secret_paths(value: Any, path: str = "") -> Iterator[str]:
    if rpc.is_rpc_secret(value):
        yield path
    elif isinstance(value, dict):
        for key, item in cast("dict[str, Any]", value).items():
            yield from _secret_paths(item, f"{path}.{key}" if path else key)
    elif isinstance(value, list):
        for index, item in enumerate(cast("list[Any]", value)):
            yield from _secret_paths(item, f"{path}[{index}]")
