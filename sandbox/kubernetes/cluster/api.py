"""A client for one API server: typed errors, bounded retries, warnings kept."""

from __future__ import annotations

import json
import random
import re
import time
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from typing import Any, Literal, cast

import httpx

from sandbox.contract import UNREACHABLE
from sandbox.kubernetes.cluster import retry
from sandbox.kubernetes.cluster.access import Access
from sandbox.kubernetes.cluster.discovery import Discovery, Resource
from sandbox.kubernetes.cluster.errors import Rejected, retry_after
from sandbox.kubernetes.cluster.faulty import Decide, Faulty
from sandbox.kubernetes.objects import mapping, metadata

Object = dict[str, Any]
Propagation = Literal["Background", "Foreground", "Orphan"]
TIMEOUT = 30.0
"""Seconds for one answer; definitions of many kinds take the server that long at most."""
_WARNING = re.compile(r'299 \S+ "((?:[^"\\]|\\.)*)"')


@dataclass(frozen=True)
class Answer:
    """`warnings` are the server's own (RFC 9111 Warning headers): Pod Security, deprecations, lost fields."""

    object: Object
    warnings: tuple[str, ...] = ()


class Api:
    """Safe to share between threads. Every call can be repeated, so that a lost answer is asked for again."""

    def __init__(
        self,
        access: Access,
        fault: Decide | None = None,
        sleep: Callable[[float], None] = time.sleep,
        transport: httpx.BaseTransport | None = None,
    ) -> None:
        if fault:
            transport = Faulty(transport or httpx.HTTPTransport(verify=access.trust, trust_env=access.proxied), fault)
        self._client = httpx.Client(
            base_url=access.server,
            headers={**access.headers, "User-Agent": "eu-cloud-sandbox"},
            verify=access.trust,
            trust_env=access.proxied,
            transport=transport,
            timeout=httpx.Timeout(TIMEOUT, connect=5.0, pool=None),
            limits=httpx.Limits(max_connections=32, max_keepalive_connections=32),
        )
        self._extensions = {"sni_hostname": access.name} if access.name else {}
        self._sleep = sleep
        self.server = access.server
        self.discovery = Discovery(lambda path: self.request("GET", path).object)

    def close(self) -> None:
        self._client.close()

    def resource(self, object_: Mapping[str, Any]) -> Resource:
        return self.discovery.resource(str(object_["apiVersion"]), str(object_["kind"]))

    def path(self, object_: Mapping[str, Any]) -> str:
        """Of one object; a namespaced one without a namespace is in `default`."""
        meta = metadata(object_)
        return self.resource(object_).path(str(meta.get("namespace") or "default"), str(meta["name"]))

    def get(self, object_: Mapping[str, Any]) -> Object | None:
        """By apiVersion, kind and metadata; None for what is not there, also when its kind is not."""
        try:
            return self.request("GET", self.path(object_)).object
        except Rejected as error:
            if error.status == 404:
                return None
            raise

    def list(self, resource: Resource, namespace: str | None = None, labels: str = "") -> Iterator[Object]:
        parameters = {"limit": "500"} | ({"labelSelector": labels} if labels else {})
        while True:
            answer = self.request("GET", resource.path(namespace), parameters).object
            for item in cast("list[Any]", answer.get("items") or []):
                yield {"apiVersion": resource.api_version, "kind": resource.kind, **mapping(item)}
            further = metadata(answer).get("continue")
            if not further:
                return
            parameters["continue"] = str(further)

    def apply(self, object_: Mapping[str, Any], manager: str, *, dry_run: bool = False, force: bool = False) -> Answer:
        """Server-side apply: makes or changes the object; fields that `manager` had and does not give any more are removed."""
        parameters = {"fieldManager": manager, "force": str(force).lower()}
        content = "application/apply-patch+yaml"
        return self.request("PATCH", self.path(object_), self._writing(parameters, dry_run), clean(object_), content)

    def post(self, object_: Mapping[str, Any], *, dry_run: bool = False) -> Answer:
        """Plain create. A repeated one is refused as AlreadyExists, or twice there under a generated name."""
        path = self.resource(object_).path(str(metadata(object_).get("namespace") or "default"))
        return self.request("POST", path, self._writing({}, dry_run), clean(object_))

    def put(self, object_: Mapping[str, Any]) -> Answer:
        return self.request("PUT", self.path(object_), self._writing({}, dry_run=False), clean(object_))

    def delete(self, object_: Mapping[str, Any], propagation: Propagation = "Background", uid: str | None = None) -> bool:
        """False when there is nothing (any more). With `uid` only that very object goes, not a later one of its name."""
        options: Object = {"apiVersion": "v1", "kind": "DeleteOptions", "propagationPolicy": propagation}
        if uid:
            options["preconditions"] = {"uid": uid}
        try:
            self.request("DELETE", self.path(object_), None, options)
        except Rejected as error:
            if error.status == 404 or (uid and error.status == 409 and "UID" in error.message):
                return False
            raise
        return True

    def wait_gone(self, object_: Mapping[str, Any], uid: str, deadline: float) -> None:
        """`deadline` in seconds. Raises Rejected (Timeout) with what holds the object."""
        end = time.monotonic() + deadline
        nap = 0.02
        while (live := self.get(object_)) and metadata(live).get("uid") == uid:
            if time.monotonic() > end:
                raise Rejected("Timeout", f"{_title(object_)} is still there after {deadline:g} s: {_holding(live)}")
            self._sleep(nap)
            nap = min(0.5, nap * 1.5)

    def request(
        self,
        method: str,
        path: str,
        parameters: Mapping[str, str] | None = None,
        body: Mapping[str, Any] | None = None,
        content: str = "application/json",
    ) -> Answer:
        """Raises Rejected; what may pass is tried again first (see `retry`)."""
        data = None if body is None else json.dumps(body).encode()
        headers = {"Accept": "application/json"} | ({"Content-Type": content} if data is not None else {})
        attempt = 0
        while True:
            attempt += 1
            try:
                response = self._client.request(
                    method, path, params=parameters, content=data, headers=headers, extensions=dict(self._extensions)
                )
            except httpx.TransportError as error:
                outcome = retry.Outcome(None, message=str(error))
                rejected = Rejected(UNREACHABLE, f"{self.server}: no answer in {attempt} attempts: {error or type(error).__name__}")
                cause: Exception | None = error
            else:
                answer = _parsed(response)
                if response.is_success:
                    return Answer(mapping(answer), warnings(response.headers))
                rejected, cause = Rejected.of(response.status_code, answer), None
                outcome = retry.Outcome(response.status_code, retry_after(response.headers, answer), rejected.message)
            seconds = retry.pause(attempt, outcome, random.random())
            if seconds is None:
                raise rejected from cause
            self._sleep(seconds)

    def _writing(self, parameters: Mapping[str, str], dry_run: bool) -> dict[str, str]:
        """Unknown and doubled fields are errors: they would be dropped with a warning."""
        return {**parameters, "fieldValidation": "Strict"} | ({"dryRun": "All"} if dry_run else {})


def clean(value: Any) -> Any:
    """As the server takes it: no nulls, none of the engine's `__` keys, whole numbers as integers."""
    if isinstance(value, Mapping):
        entries = cast("Mapping[str, Any]", value).items()
        return {key: clean(entry) for key, entry in entries if entry is not None and not key.startswith("__")}
    if isinstance(value, list | tuple):
        return [clean(entry) for entry in cast("list[Any]", value)]
    return int(value) if isinstance(value, float) and value.is_integer() else value


def warnings(headers: httpx.Headers) -> tuple[str, ...]:
    found = (match for line in headers.get_list("warning") for match in _WARNING.findall(line))
    return tuple(re.sub(r"\\(.)", r"\1", text) for text in found)


def _parsed(response: httpx.Response) -> Any:
    try:
        return response.json()
    except ValueError:
        return response.text


def _title(object_: Mapping[str, Any]) -> str:
    meta = metadata(object_)
    return f"{object_['kind']} {meta.get('namespace', '')}/{meta['name']}".replace(" /", " ")


def _holding(live: Object) -> str:
    meta = metadata(live)
    told = [mapping(one) for one in cast("list[Any]", mapping(live.get("status")).get("conditions") or [])]
    finalizers = [*cast("list[str]", meta.get("finalizers") or []), *cast("list[str]", mapping(live.get("spec")).get("finalizers") or [])]
    reasons = [str(one["message"]) for one in told if one.get("status") == "True" and one.get("message")]
    return "; ".join([f"finalizers {', '.join(finalizers) or 'none'}", *reasons])
