"""What somebody else changed: live values are compared with live values, at the paths that the inputs have."""

from __future__ import annotations

import base64
import copy
import json
from collections.abc import Callable
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from sandbox.kubernetes.cluster.drift import changed, projection

Object = dict[str, Any]
INPUTS: Object = {
    "apiVersion": "apps/v1",
    "kind": "Deployment",
    "metadata": {"name": "app", "namespace": "space", "labels": {"app.kubernetes.io/name": "app"}},
    "spec": {
        "replicas": 2,
        "template": {
            "spec": {
                "containers": [
                    {"name": "app", "image": "app:1", "args": ["--a"], "resources": {"limits": {"cpu": "1000m"}}},
                    {"name": "proxy", "image": "proxy:1"},
                ],
                "tolerations": [{"operator": "Exists"}],
            }
        },
    },
}


def live() -> Object:
    """As the server shows it: quantities in their short form, defaults filled in."""
    shown = copy.deepcopy(INPUTS)
    shown["metadata"] |= {"uid": "1", "resourceVersion": "7"}
    shown["spec"]["revisionHistoryLimit"] = 10
    shown["spec"]["template"]["spec"]["containers"][0]["resources"]["limits"]["cpu"] = "1"
    shown["status"] = {"replicas": 2}
    return shown


def containers(shown: Object) -> list[Any]:
    return shown["spec"]["template"]["spec"]["containers"]


def test_nothing_drifted_when_the_server_only_says_it_differently() -> None:
    now = live()
    now["status"] = {"replicas": 0}
    now["metadata"]["resourceVersion"] = "8"
    now["spec"]["revisionHistoryLimit"] = 3
    assert changed(INPUTS, now, projection(INPUTS, live())) == INPUTS


def scale(shown: Object) -> None:
    shown["spec"]["replicas"] = 5


def relabel(shown: Object) -> None:
    del shown["metadata"]["labels"]["app.kubernetes.io/name"]


def other_image(shown: Object) -> None:
    containers(shown)[1]["image"] = "evil:1"


def inject(shown: Object) -> None:
    containers(shown).insert(0, {"name": "sidecar", "image": "s"})


def drop(shown: Object) -> None:
    del containers(shown)[1]


def more_arguments(shown: Object) -> None:
    containers(shown)[0]["args"].append("--b")


def more_tolerations(shown: Object) -> None:
    shown["spec"]["template"]["spec"]["tolerations"].append({"key": "a", "operator": "Exists"})


def strip_all(shown: Object) -> None:
    del shown["spec"]["template"]["spec"]["containers"]


@pytest.mark.parametrize("change", [scale, relabel, other_image, drop, more_arguments, more_tolerations, strip_all])
def test_a_change_shows_in_the_inputs_and_nowhere_else(change: Callable[[Object], None]) -> None:
    now, expected = live(), copy.deepcopy(INPUTS)
    change(now)
    change(expected)
    if change is relabel:
        del expected["metadata"]["labels"]  # nothing is left of it
    assert changed(INPUTS, now, projection(INPUTS, live())) == expected


def test_what_somebody_added_beside_is_theirs() -> None:
    now = live()
    inject(now)
    now["metadata"]["annotations"] = {"seen": "yes"}
    assert changed(INPUTS, now, projection(INPUTS, live())) == INPUTS


def test_secrets_are_compared_as_text_and_kept_as_digests() -> None:
    inputs = {"apiVersion": "v1", "kind": "Secret", "metadata": {"name": "keys"}, "stringData": {"key": "correct horse"}}
    shown = {**inputs, "data": {"key": base64.b64encode(b"correct horse").decode()}}
    del shown["stringData"]
    baseline = projection(inputs, shown)
    assert "correct" not in json.dumps(baseline)
    assert base64.b64encode(b"correct horse").decode() not in json.dumps(baseline)
    assert changed(inputs, shown, baseline) == inputs
    other = {**shown, "data": {"key": base64.b64encode(b"battery").decode()}}
    assert changed(inputs, other, baseline)["stringData"] == {"key": "battery"}


def test_paths_are_json_pointers() -> None:
    paths = set(projection(INPUTS, live()))
    assert {"/metadata/labels/app.kubernetes.io~1name", "/spec/template/spec/containers/[app]/image"} <= paths


VALUES = st.recursive(
    st.none() | st.booleans() | st.integers(-5, 5) | st.text("ab", max_size=3),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text("abc/~", min_size=1, max_size=2), inner, max_size=3),
    max_leaves=12,
)


@given(spec=VALUES, shown=VALUES)
def test_an_object_never_drifts_from_itself(spec: Any, shown: Any) -> None:
    inputs = {"apiVersion": "v1", "kind": "Thing", "metadata": {"name": "a"}, "spec": spec}
    now = {**inputs, "spec": shown}
    assert changed(inputs, now, projection(inputs, now)) == inputs


@given(spec=VALUES, before=VALUES, after=VALUES)
def test_inputs_that_show_the_drift_do_not_drift_again(spec: Any, before: Any, after: Any) -> None:
    inputs = {"apiVersion": "v1", "kind": "Thing", "metadata": {"name": "a"}, "spec": spec}
    then, now = {**inputs, "spec": before}, {**inputs, "spec": after}
    refreshed = changed(inputs, now, projection(inputs, then))
    assert changed(refreshed, now, projection(refreshed, now)) == refreshed
