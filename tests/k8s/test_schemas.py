"""Every object is what the API servers of the supported versions expect, with no field that they do not know."""

import jsonschema
import kubernetes_validate
import pytest

from tests.k8s import custom_resources
from tests.k8s.manifests import FOLDERS, Object, rendered, with_component

VERSIONS = ("1.33", "1.34", "1.35", "1.36", "1.37")  # native pre-stop sleep is on from 1.30, matchLabelKeys from 1.27
CLUSTER_WIDE = {"Namespace", "PriorityClass"}


def check(each: Object, version: str) -> None:
    spec = custom_resources.SPECS.get((each["apiVersion"], each["kind"]))
    if spec is None:
        kubernetes_validate.validate(each, version, strict=True)
    else:
        jsonschema.validate(each["spec"], spec)


@pytest.mark.parametrize("version", VERSIONS)
@pytest.mark.parametrize("folder", FOLDERS)
def test_objects_fit_the_published_schemas(folder: str, version: str) -> None:
    for each in rendered(folder):
        check(each, version)


def test_the_gateway_fits_too_and_leads_to_the_pages() -> None:
    objects = with_component("gateway")
    for each in objects:
        check(each, VERSIONS[-1])
    services = {each["metadata"]["name"] for each in objects if each["kind"] == "Service"}
    routes = [each for each in objects if each["kind"] == "HTTPRoute"]
    targets = {
        ref["name"] for route in routes for rule in route["spec"]["rules"] for ref in rule.get("backendRefs", [])
    }
    assert targets == {"web"} <= services


@pytest.mark.parametrize("folder", FOLDERS)
def test_no_object_is_defined_twice_and_all_are_in_the_namespace(folder: str) -> None:
    def identity(each: Object) -> tuple[str, str]:
        return each["kind"], each["metadata"]["name"]

    names = [identity(each) for each in rendered(folder)]
    assert len(names) == len(set(names))
    for each in rendered(folder):
        if each["kind"] not in CLUSTER_WIDE:
            assert each["metadata"].get("namespace") == "shop", identity(each)


def test_a_field_that_does_not_exist_is_noticed() -> None:
    broken = {"apiVersion": "v1", "kind": "Service", "metadata": {"name": "a"}, "spec": {"port": 80}}
    with pytest.raises(kubernetes_validate.ValidationError):
        check(broken, VERSIONS[-1])
    scaled = {"apiVersion": "keda.sh/v1alpha1", "kind": "ScaledObject", "spec": {"scaleTargetRef": {"nme": "worker"}}}
    with pytest.raises(jsonschema.ValidationError):
        check(scaled, VERSIONS[-1])
