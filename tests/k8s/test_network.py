"""The network policies allow each role what it needs and nothing else."""

from ipaddress import ip_address, ip_network
from urllib.parse import urlsplit

import pytest

from tests.k8s.manifests import Object, of_kind, pod_template, with_component, workloads
from tests.k8s.test_schemas import VERSIONS, check

VPC, CARD_PROVIDER, AGENT, HIDDEN = "10.0.3.7", "203.0.113.5", "169.254.170.23", "169.254.169.254"
PLACES = {
    "postgresql": (VPC, 5432),
    "redis": (VPC, 6379),
    "aws": (VPC, 443),
    "rights": (AGENT, 80),
    "mail": (VPC, 465),
    "card provider": (CARD_PROVIDER, 443),
    "webhooks": (CARD_PROVIDER, 8443),
}
NEEDS = {
    "web": {"postgresql", "redis", "aws", "rights", "card provider"},
    "relay": {"postgresql", "aws", "rights"},
    "worker": {"postgresql", "redis", "aws", "rights", "mail", "card provider", "webhooks"},
    "worker-media": {"postgresql", "redis", "aws", "rights"},
    "migrate": {"postgresql", "aws", "rights"},
    "cron": {"postgresql", "redis", "aws", "rights", "card provider"},
}
NEVER = [(HIDDEN, 80), (VPC, 22), (CARD_PROVIDER, 80), (CARD_PROVIDER, 25), (VPC, 8000)]


def selects(selector: Object, labels: dict[str, str]) -> bool:
    wanted = selector.get("matchLabels", {}).items() <= labels.items()
    return wanted and all(
        labels.get(each["key"]) in each["values"] and each["operator"] == "In"
        for each in selector.get("matchExpressions", [])
    )


def policies(folder: str, labels: dict[str, str], direction: str) -> list[Object]:
    return [
        each["spec"]
        for each in of_kind(folder, "NetworkPolicy")
        if direction in each["spec"]["policyTypes"] and selects(each["spec"]["podSelector"], labels)
    ]


def may_reach(folder: str, labels: dict[str, str], address: str, port: int) -> bool:
    """Say whether an address outside the cluster may be called, by the API's rule: any policy that allows it."""
    return any(
        any(within(peer, address) for peer in rule["to"]) and port in [each["port"] for each in rule["ports"]]
        for policy in policies(folder, labels, "Egress")
        for rule in policy.get("egress", [])
    )


def within(peer: Object, address: str) -> bool:
    block = peer.get("ipBlock")
    if not block or ip_address(address) not in ip_network(block["cidr"]):
        return False
    return not any(ip_address(address) in ip_network(each) for each in block.get("except", []))


def labels_of(role: str) -> dict[str, str]:
    (workload,) = [each for each in workloads("overlays/aws") if name_of(each) == role]
    labels: dict[str, str] = pod_template(workload)["metadata"]["labels"]
    return labels


def name_of(workload: Object) -> str:
    name: str = pod_template(workload)["metadata"]["labels"]["app.kubernetes.io/name"]
    return name


@pytest.mark.parametrize("role", NEEDS)
def test_each_role_reaches_what_it_needs_and_nothing_else(role: str) -> None:
    labels = labels_of(role)
    reached = {name for name, (address, port) in PLACES.items() if may_reach("overlays/aws", labels, address, port)}
    assert reached == NEEDS[role]
    assert not [place for place in NEVER if may_reach("overlays/aws", labels, *place)]


def test_every_workload_is_thought_of() -> None:
    assert {name_of(each) for each in workloads("overlays/aws")} == set(NEEDS)


@pytest.mark.parametrize("folder", ["overlays/local", "overlays/aws"])
def test_what_no_policy_allows_is_refused(folder: str) -> None:
    (deny,) = [each["spec"] for each in of_kind(folder, "NetworkPolicy") if each["metadata"]["name"] == "default-deny"]
    assert deny == {"podSelector": {}, "policyTypes": ["Ingress", "Egress"]}


@pytest.mark.parametrize("folder", ["overlays/local", "overlays/aws"])
def test_names_can_be_looked_up_by_all(folder: str) -> None:
    (dns,) = [each["spec"] for each in of_kind(folder, "NetworkPolicy") if each["metadata"]["name"] == "dns"]
    assert dns["podSelector"] == {}
    assert {(each["port"], each["protocol"]) for each in dns["egress"][0]["ports"]} == {(53, "UDP"), (53, "TCP")}


def test_only_pages_are_called_from_outside() -> None:
    called = {
        name_of(each)
        for each in workloads("overlays/aws")
        if any(
            policy.get("ingress")
            for policy in policies("overlays/aws", pod_template(each)["metadata"]["labels"], "Ingress")
        )
    }
    assert called == {"web"}


def test_who_traces_and_nobody_else_may_reach_the_collector_that_is_named() -> None:
    objects = with_component("traces")
    (address,) = [each["data"][name] for each in objects for name in each.get("data", {}) if "OTLP" in name]
    (policy,) = [each["spec"] for each in objects if each["kind"] == "NetworkPolicy"]
    assert policy["podSelector"]["matchExpressions"][0]["values"] == ["web", "worker", "worker-media"]
    ((rule,),) = [policy["egress"]]
    host, port = urlsplit(address).hostname, urlsplit(address).port
    assert [each["port"] for each in rule["ports"]] == [port]
    (peer,) = rule["to"]
    labels = {**peer["podSelector"]["matchLabels"], **peer["namespaceSelector"]["matchLabels"]}
    assert host == f"{labels['app.kubernetes.io/name']}.{labels['kubernetes.io/metadata.name']}"
    check(next(each for each in objects if each["kind"] == "NetworkPolicy"), VERSIONS[-1])
