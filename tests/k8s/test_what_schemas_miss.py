"""Mistakes that fit the schema and are refused by a real API server, or accepted and harmful later."""

import re

import pytest

from tests.k8s.manifests import (
    FOLDERS,
    containers,
    each_container,
    of_kind,
    pod_template,
    quantity,
    rendered,
    workloads,
)

in_each_folder = pytest.mark.parametrize("folder", FOLDERS)


@in_each_folder
def test_selectors_match_the_labels_of_their_own_pods(folder: str) -> None:
    for deployment in of_kind(folder, "Deployment"):
        labels = pod_template(deployment)["metadata"]["labels"]
        pod = pod_template(deployment)["spec"]
        selectors = [deployment["spec"]["selector"]]
        selectors += [each["labelSelector"] for each in pod.get("topologySpreadConstraints", [])]
        for selector in selectors:
            assert selector["matchLabels"].items() <= labels.items()


@in_each_folder
def test_services_and_budgets_select_exactly_one_workload(folder: str) -> None:
    pods = [pod_template(each)["metadata"]["labels"] for each in workloads(folder)]
    for each in of_kind(folder, "Service", "PodDisruptionBudget"):
        selector = each["spec"]["selector"]
        wanted = selector.get("matchLabels", selector)
        assert sum(wanted.items() <= labels.items() for labels in pods) == 1, each["metadata"]["name"]


@in_each_folder
def test_service_ports_name_a_port_of_the_pod(folder: str) -> None:
    named = {
        (pod_template(each)["metadata"]["labels"]["app.kubernetes.io/name"], port["name"])
        for each in workloads(folder)
        for container in containers(pod_template(each)["spec"])
        for port in container.get("ports", [])
    }
    for service in of_kind(folder, "Service"):
        for port in service["spec"]["ports"]:
            assert (service["spec"]["selector"]["app.kubernetes.io/name"], port["targetPort"]) in named


@in_each_folder
def test_rollouts_can_move_and_never_lower_the_number_of_ready_pods(folder: str) -> None:
    for deployment in of_kind("base", "Deployment"):
        rolling = deployment["spec"]["strategy"]["rollingUpdate"]
        assert rolling["maxUnavailable"] == 0
        assert rolling["maxSurge"] not in (0, "0%")


@in_each_folder
def test_each_workload_of_ours_has_one_budget_that_lets_a_node_drain(folder: str) -> None:
    budgets = of_kind(folder, "PodDisruptionBudget")
    assert {each["metadata"]["name"] for each in budgets} == {"web", "relay", "worker", "worker-media"}
    for budget in budgets:
        assert budget["spec"]["maxUnavailable"] == 1
        assert "minAvailable" not in budget["spec"]


@in_each_folder
def test_no_replicas_beside_an_autoscaler(folder: str) -> None:
    scalers = of_kind(folder, "HorizontalPodAutoscaler", "ScaledObject")
    targets = [each["spec"]["scaleTargetRef"]["name"] for each in scalers]
    scaled = set(targets)
    assert len(targets) == len(scaled), "two autoscalers would pull at one Deployment"
    for deployment in of_kind(folder, "Deployment"):
        name = deployment["metadata"]["name"]
        if name in scaled:
            assert "replicas" not in deployment["spec"], name
        elif folder != "base":
            assert deployment["spec"]["replicas"] >= 1, f"{name}: somebody has to say how many"


def test_the_base_leaves_the_number_of_web_pods_and_workers_to_others() -> None:
    counted = {each["metadata"]["name"] for each in of_kind("base", "Deployment") if "replicas" in each["spec"]}
    assert counted == {"relay"}


def test_requests_are_within_limits_and_no_cpu_is_limited() -> None:
    for where, _pod, container in each_container():
        requests, limits = container["resources"]["requests"], container["resources"]["limits"]
        assert set(requests) == {"cpu", "memory"} and set(limits) == {"memory"}, where
        assert quantity(requests["memory"]) <= quantity(limits["memory"]), where


def test_volumes_are_declared_and_memory_disks_fit_the_limit() -> None:
    for where, pod, container in each_container():
        volumes = {each["name"]: each for each in pod["volumes"]}
        mounts = [each["name"] for each in container["volumeMounts"]]
        assert set(mounts) <= set(volumes), where
        disks = [volumes[name]["emptyDir"] for name in mounts if "emptyDir" in volumes[name]]
        assert all(disk["medium"] == "Memory" and "sizeLimit" in disk for disk in disks), where
        taken = sum(quantity(disk["sizeLimit"]) for disk in disks)
        assert taken <= quantity(container["resources"]["limits"]["memory"]) / 2, where


def test_port_names_are_short_enough() -> None:
    for where, _pod, container in each_container():
        assert all(len(port["name"]) <= 15 for port in container.get("ports", [])), where


@in_each_folder
def test_names_are_short_enough_for_what_is_made_of_them(folder: str) -> None:
    """A CronJob's name gets eleven more characters in its Jobs, and a pod's name has to be a label."""
    longest = {"CronJob": 52, "Job": 63, "Deployment": 46, "Service": 63}
    for each in rendered(folder):
        name = each["metadata"]["name"]
        assert re.fullmatch(r"[a-z0-9]([-a-z0-9.]*[a-z0-9])?", name), name
        assert len(name) <= longest.get(each["kind"], 253), name


def test_a_pause_is_shorter_than_the_grace_period() -> None:
    for where, pod, container in each_container():
        pause = container.get("lifecycle", {}).get("preStop", {}).get("sleep", {}).get("seconds", 0)
        assert pause < pod.get("terminationGracePeriodSeconds", 30), where


def test_nothing_is_named_twice_within_a_container() -> None:
    for where, pod, container in each_container():
        for kind in ("env", "ports", "volumeMounts"):
            names = [each.get("mountPath") or each["name"] for each in container.get(kind, [])]
            assert len(names) == len(set(names)), f"{where}: {kind}"
        assert len({each["name"] for each in containers(pod)}) == len(containers(pod)), where


@in_each_folder
def test_policies_open_ports_that_their_pods_have(folder: str) -> None:
    for policy in of_kind(folder, "NetworkPolicy"):
        named = {
            port["port"]
            for rule in policy["spec"].get("ingress", [])
            for port in rule.get("ports", [])
            if isinstance(port["port"], str)
        }
        wanted = policy["spec"]["podSelector"].get("matchLabels", {})
        pods = [pod_template(each) for each in workloads(folder)]
        chosen = [each["spec"] for each in pods if wanted.items() <= each["metadata"]["labels"].items()]
        there = {port["name"] for pod in chosen for each in containers(pod) for port in each.get("ports", [])}
        assert named <= there, policy["metadata"]["name"]


@in_each_folder
def test_autoscalers_scale_what_is_there_and_can_grow(folder: str) -> None:
    names = {each["metadata"]["name"] for each in of_kind(folder, "Deployment")}
    for each in of_kind(folder, "HorizontalPodAutoscaler", "ScaledObject"):
        spec = each["spec"]
        least = spec.get("minReplicas") or spec["minReplicaCount"]
        assert 0 < least < (spec.get("maxReplicas") or spec["maxReplicaCount"])
        assert spec["scaleTargetRef"]["name"] in names
