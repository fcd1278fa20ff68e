"""Every object is what the API servers of the supported versions expect, with no field that they do not know."""

import kubernetes_validate
import pytest

from tests.k8s.manifests import FOLDERS, Object, rendered

VERSIONS = ("1.32", "1.33", "1.34", "1.35", "1.36")  # native pre-stop sleep is on from 1.30, matchLabelKeys from 1.27


@pytest.mark.parametrize("version", VERSIONS)
@pytest.mark.parametrize("folder", FOLDERS)
def test_objects_fit_the_published_schemas(folder: str, version: str) -> None:
    for each in rendered(folder):
        kubernetes_validate.validate(each, version, strict=True)


@pytest.mark.parametrize("folder", FOLDERS)
def test_no_object_is_defined_twice_and_all_are_in_the_namespace(folder: str) -> None:
    def identity(each: Object) -> tuple[str, str]:
        return each["kind"], each["metadata"]["name"]

    names = [identity(each) for each in rendered(folder)]
    assert len(names) == len(set(names))
    for each in rendered(folder):
        if each["kind"] != "Namespace":
            assert each["metadata"].get("namespace") == "shop", identity(each)


def test_a_field_that_does_not_exist_is_noticed() -> None:
    broken = {"apiVersion": "v1", "kind": "Service", "metadata": {"name": "a"}, "spec": {"port": 80}}
    with pytest.raises(kubernetes_validate.ValidationError):
        kubernetes_validate.validate(broken, VERSIONS[-1], strict=True)
