"""What operators are told to type names what is there: objects, labels, containers' programs, commands of the store."""

import re

import pytest
from django.core.management import get_commands

from tests.k8s.manifests import ROOT, Object, pod_template, rendered, with_component

PAGES = [ROOT / "docs/operations.md", ROOT / "docs/backup.md"]
PAGES += sorted([*ROOT.glob("docs/runbooks/*.md"), *ROOT.glob("docs/deploy/*.md")])
KINDS = "deployment|cronjob|horizontalpodautoscaler|scaledobject|externalsecret|ingress|service"
NAMED = re.compile(rf"\b({KINDS})[ /]((?:[a-z][a-z-]*(?![\w./=-]) ?)+)")
LABEL = re.compile(r"(app\.kubernetes\.io/[\w-]+)(?:=([\w-]+)| in \(([^)]+)\))")


def objects() -> list[Object]:
    return [*rendered("overlays/local"), *rendered("overlays/aws"), *with_component("backup")]


def commands() -> str:
    """Return all lines for kubectl of all pages, one a line."""
    texts = [page.read_text().replace("\\\n", " ") for page in PAGES]
    return "\n".join(found for text in texts for found in re.findall(r"kubectl [^`\n]*", text))


def test_kubectl_is_told_of_objects_that_are_made() -> None:
    made = {(each["kind"].lower(), each["metadata"]["name"]) for each in objects()}
    asked = {(kind, name) for kind, names in NAMED.findall(commands()) for name in names.split()}
    assert len(asked) > 10 and asked <= made


def test_kubectl_looks_for_labels_that_pods_bear() -> None:
    pods = [pod_template(each) for each in objects() if each["kind"] in ("Deployment", "Job", "CronJob")]
    borne = {pair for pod in pods for pair in pod["metadata"]["labels"].items()}
    found = LABEL.findall(commands())
    asked = {(label, value) for label, one, several in found for value in re.findall(r"[\w-]+", one or several)}
    assert len(asked) > 3 and asked <= borne


@pytest.mark.parametrize("page", PAGES, ids=lambda page: page.stem)
def test_commands_of_the_store_are_there(page) -> None:
    assert set(re.findall(r"manage\.py ([a-z]\w+)", page.read_text())) <= get_commands().keys()
