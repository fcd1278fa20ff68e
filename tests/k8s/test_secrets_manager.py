"""The component that lets pods read Secrets Manager themselves: no Secret is needed, and who reads may reach it."""

import shutil
import subprocess
from pathlib import Path

import pytest
import yaml

from tests.k8s.manifests import ROOT, pod_template


def test_with_pods_that_read_secrets_themselves_no_secret_is_made_or_waited_for(tmp_path: Path) -> None:
    kubectl = shutil.which("kubectl")
    if not kubectl:
        pytest.skip("no kubectl here")
    shutil.copytree(ROOT / "k8s", tmp_path / "k8s")
    overlay = tmp_path / "k8s/overlays/aws"
    file = overlay / "kustomization.yaml"
    both = "components/backup\n  - ../../components/secrets-manager"
    file.write_text(file.read_text().replace("components/external-secrets", both))
    text = subprocess.run([kubectl, "kustomize", overlay], capture_output=True, text=True, check=True).stdout
    objects = [each for each in yaml.safe_load_all(text) if each]

    assert not [each for each in objects if each["kind"] in {"Secret", "ExternalSecret", "SecretStore"}]
    (settings,) = [each["data"] for each in objects if "SECRETS_FROM" in each.get("data", {})]
    assert settings["SECRETS_FROM"] == "shop/production"
    pods = [pod_template(each)["spec"] for each in objects if each["kind"] in {"Deployment", "Job", "CronJob"}]
    mounted = [volume["secret"] for pod in pods for volume in pod["volumes"] if "secret" in volume]
    assert len(mounted) == len(pods) and all(secret["optional"] for secret in mounted)
    assert {"backup", "restore-drill"} <= {each["metadata"]["name"] for each in objects}
    (policy,) = [
        each["spec"] for each in objects if (each["kind"], each["metadata"]["name"]) == ("NetworkPolicy", "aws")
    ]
    assert {"web", "relay", "worker", "migrate", "cron"} <= set(policy["podSelector"]["matchExpressions"][0]["values"])
