"""infra/ agrees with the manifests and the store."""

import os
import re
import shutil
import subprocess
from fnmatch import fnmatch

import pytest

from shop.platform import media, static_files
from tests import factories
from tests.infra.conftest import ROOT
from tests.k8s import provision
from tests.k8s.manifests import environment, of_kind

QUEUES = (ROOT / "infra/modules/queues/main.tf").read_text()


def test_queues_are_those_of_the_store_with_the_same_limits():
    said = re.search(r"visibility +=\s*\{(.*)\}", QUEUES)
    assert said
    found = {name: int(seconds) for name, seconds in re.findall(r"(\w+) = (\d+)", said[1])}
    assert found == provision.QUEUES
    receives = re.search(r"receives += (\d+)", QUEUES)
    assert receives and int(receives[1]) == provision.MAX_RECEIVES


def test_the_overlay_names_the_same_network_and_region():
    variables = (ROOT / "infra/variables.tf").read_text()
    cidr = re.search(r'variable "vpc_cidr".*?default +?= "(.*?)"', variables, re.DOTALL)
    region = re.search(r'variable "region".*?default +?= "(.*?)"', variables, re.DOTALL)
    assert cidr and region
    blocks = re.findall(r"'cidr': '(\d+\.\d+\.\d+\.\d+/16)'", str(of_kind("overlays/aws", "NetworkPolicy")))
    assert set(blocks) == {cidr[1]}
    assert region[1] == environment("overlays/aws")["AWS_REGION"]


def test_every_role_that_has_rights_is_a_service_account_of_the_overlay():
    roles = (ROOT / "infra/modules/roles/main.tf").read_text()
    rights = re.search(r"own = \{(.*?)\n  \}\n", roles, re.DOTALL)
    assert rights
    named = set(re.findall(r"^    ([a-z-]+) = \{$", rights[1], re.MULTILINE))
    accounts = {each["metadata"]["name"] for each in of_kind("overlays/aws", "ServiceAccount")}
    assert named - accounts == {"backup", "external-secrets"}
    assert accounts - named == {"cron"}


def test_no_right_is_a_wildcard():
    roles = (ROOT / "infra/modules/roles/main.tf").read_text()
    actions = re.findall(r'"((?:s3|sqs|sns|secretsmanager|kms):[^"]*)"', roles)
    assert actions and not [action for action in actions if "*" in action]


def test_only_the_migrate_job_writes_what_browsers_run():
    """Pods serve static files of other releases from the bucket that staff upload pictures to."""
    roles = (ROOT / "infra/modules/roles/main.tf").read_text()
    writers = re.findall(r"(\w+) += \{ actions = \[.*s3:PutObject.*resources = \[\"\$\{var.media_arn\}/(.*)\"\]", roles)
    picture = media.check(factories.jpeg()).key
    assert sorted(name for name, keys in writers if fnmatch(picture, keys)) == ["pictures", "pictures"]
    assert [name for name, keys in writers if fnmatch(f"{static_files.FOLDER}shop.0123456789ab.js", keys)] == ["static"]


def test_who_reads_the_secret_may_use_its_key():
    """A secret with a key of its own is refused to whoever has no right to that key."""
    assert "kms_key_id" in (ROOT / "infra/modules/secrets/main.tf").read_text()
    roles = (ROOT / "infra/modules/roles/main.tf").read_text()
    reader = re.search(r"external-secrets = \{\n(.*?)\n    \}", roles, re.DOTALL)
    assert reader and re.search(r'"kms:Decrypt"\], resources = \[var.key_arn\]', reader[1])


def test_a_role_serves_the_service_account_of_its_name_alone():
    roles = (ROOT / "infra/modules/roles/main.tf").read_text()
    trust = roles.partition('"aws_iam_policy_document" "trust"')[2].partition("\ndata ")[0]
    for tag in ("kubernetes-namespace", "kubernetes-service-account"):
        assert f"aws:RequestTag/{tag}" in trust
    assert '${var.oidc_provider}:sub" = "system:serviceaccount:${local.namespaces[each.key]}:${each.key}"' in trust
    assert '${var.oidc_provider}:aud" = "sts.amazonaws.com"' in trust


def test_the_cache_throws_away_what_was_not_used_for_longest_as_everywhere():
    named = re.search(r'cache = "([a-z-]+)"', (ROOT / "infra/main.tf").read_text())
    assert named and named[1] == "volatile-lru"
    assert named[1] in (ROOT / "k8s/overlays/local/redis.yaml").read_text()


def test_checkov_finds_nothing_more():
    """Where it is installed (CHECKOV names the program): it brings old versions of what the store needs."""
    checkov = shutil.which(os.environ.get("CHECKOV", "checkov"))
    if not checkov:
        pytest.skip("no checkov here")
    command = [checkov, "-d", ROOT / "infra", "--config-file", ROOT / "infra/.checkov.yaml"]
    found = subprocess.run(command, capture_output=True, text=True, check=False)
    assert found.returncode == 0, found.stdout
