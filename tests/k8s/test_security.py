"""Every pod passes the strictest Pod Security profile, and nothing secret is written in the manifests."""

import base64

import pytest

from tests.k8s.manifests import FOLDERS, each_container, of_kind, one, ours, pod_template, rendered, workloads

ROLES = {"web", "relay", "worker", "migrate", "cron"}
CLUSTERS = ("base", "overlays/aws")  # the overlay for one machine brings its own emulators and their passwords
SECRET_WORDS = ("password", "secret_key", "signing", "private", "token", "access_key")


def test_every_container_is_restricted() -> None:
    for where, pod, container in each_container():
        context = container["securityContext"]
        assert context["allowPrivilegeEscalation"] is False, where
        assert context["readOnlyRootFilesystem"] is True, where
        assert context["capabilities"]["drop"] == ["ALL"], where
        assert set(context["capabilities"].get("add", [])) <= {"NET_BIND_SERVICE"}, where
        assert not container.get("privileged") and not any(port.get("hostPort") for port in container.get("ports", []))
        assert not {"hostNetwork", "hostPID", "hostIPC"} & pod.keys(), where


def test_every_pod_runs_as_a_numbered_user_without_a_token() -> None:
    for where, pod, container in each_container():
        context = pod["securityContext"]
        assert context["runAsNonRoot"] is True and context["runAsUser"] > 0, where
        assert context["seccompProfile"] == {"type": "RuntimeDefault"}, where
        assert pod["automountServiceAccountToken"] is False and pod["enableServiceLinks"] is False, where
        if ours(container):
            assert context["runAsUser"] == context["runAsGroup"] == context["fsGroup"] == 10001, where


@pytest.mark.parametrize("folder", FOLDERS)
def test_namespace_refuses_what_is_not_restricted(folder: str) -> None:
    labels = one(folder, "Namespace", "shop")["metadata"]["labels"]
    for mode in ("enforce", "warn", "audit"):
        assert labels[f"pod-security.kubernetes.io/{mode}"] == "restricted"
        assert labels[f"pod-security.kubernetes.io/{mode}-version"].startswith("v1."), "a cluster upgrade changes it"


@pytest.mark.parametrize("folder", FOLDERS)
def test_each_role_has_a_service_account_of_its_own(folder: str) -> None:
    accounts = of_kind(folder, "ServiceAccount")
    assert {each["metadata"]["name"] for each in accounts} == ROLES
    assert all(each["automountServiceAccountToken"] is False for each in accounts)
    used = {pod_template(each)["spec"].get("serviceAccountName") for each in workloads("base")}
    assert used == ROLES


@pytest.mark.parametrize("folder", CLUSTERS)
def test_no_secret_is_in_the_manifests(folder: str) -> None:
    assert of_kind(folder, "Secret") == []
    for config in of_kind(folder, "ConfigMap"):
        for name, value in config["data"].items():
            if any(word in name.lower() for word in SECRET_WORDS):
                assert name.endswith("_FILE") and value.startswith("/run/secrets/"), name
            assert "@" not in value and "-----BEGIN" not in value, f"{name} looks secret"
    for where, _pod, container in each_container():
        for variable in container.get("env", []):
            assert "_FILE" in variable["name"] or not any(w in variable["name"].lower() for w in SECRET_WORDS), where


@pytest.mark.parametrize("folder", FOLDERS)
def test_secrets_are_mounted_as_files_that_nobody_else_reads(folder: str) -> None:
    for workload in workloads("base"):
        pod = pod_template(workload)["spec"]
        (secrets,) = [each["secret"] for each in pod["volumes"] if "secret" in each]
        assert secrets["defaultMode"] == 0o440
    assert "secretKeyRef" not in str(rendered(folder)) and "secretRef" not in str(rendered(folder))


def test_the_local_secret_has_a_file_for_every_name_that_is_read() -> None:
    wanted = {
        value.rpartition("/")[2]
        for config in of_kind("base", "ConfigMap")
        for name, value in config["data"].items()
        if name.endswith("_FILE") and value.startswith("/run/secrets/")
    }
    (secret,) = [each for each in of_kind("overlays/local", "Secret") if each["metadata"]["name"].startswith("shop-")]
    assert set(secret["data"]) == wanted
    assert base64.b64decode(secret["data"]["JWT_SIGNING_KEY"]).startswith(b"-----BEGIN PRIVATE KEY-----")
