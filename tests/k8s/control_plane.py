"""A Kubernetes cluster without nodes: etcd, kube-apiserver and kube-controller-manager on free ports.

The API server judges every object, and the controllers make the pods, which are judged too. What a node would report of
them is said by `Node`.
"""

import json
import os
import secrets
import shutil
import ssl
import subprocess
import threading
import urllib.error
import urllib.request
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest
import yaml
from cryptography.hazmat.primitives import serialization
from django.utils.functional import cached_property

from config.local.ports import HOST, answers, free
from config.local.process import Place, Process, Program
from config.local.secret_files import signing_key
from tests.k8s.manifests import Object

WHERE = "KUBERNETES_BIN"  # environment: a directory with the programs, for those that are not on PATH
PROGRAMS = ("etcd", "kube-apiserver", "kube-controller-manager", "kubectl")
BOOT = 120.0  # seconds


def programs() -> dict[str, str]:
    """Return where each program is. Skips the test where one is missing."""
    path = os.pathsep.join(filter(None, (os.environ.get(WHERE), os.environ.get("PATH"))))
    found = {name: shutil.which(name, path=path) for name in PROGRAMS}
    missing = ", ".join(name for name, where in found.items() if not where)
    if missing:
        pytest.skip(f"no {missing} on PATH or in the directory {WHERE}, so no API server can be asked")
    return {name: where for name, where in found.items() if where}


class ControlPlane:
    def __init__(self, place: Place) -> None:
        self.programs = programs()
        self.place = place.make()
        self.ports = dict(zip(("etcd", "peer", "server", "controllers"), free(4), strict=True))
        self.url = f"https://{HOST}:{self.ports['server']}"
        self.token = secrets.token_hex(16)
        self.kubeconfig = place.data / "kubeconfig"
        self.certificates = place.data / "certificates"
        self.started: list[Process] = []

    def start(self) -> None:
        self._write_files()
        etcd = self._start("etcd", self._etcd())
        etcd.wait_until(lambda: answers(self.ports["etcd"]), seconds=BOOT, what="etcd")
        server = self._start("kube-apiserver", self._server())
        server.wait_until(self._ready, seconds=BOOT, what="The API server")
        self._start("kube-controller-manager", self._controllers())

    def kill(self) -> None:
        for process in reversed(self.started):
            process.kill()

    @property
    def environment(self) -> dict[str, str]:
        """Leads kubectl here."""
        path = f"{Path(self.programs['kubectl']).parent}:{os.environ['PATH']}"
        return {**os.environ, "PATH": path, "KUBECONFIG": str(self.kubeconfig), "HOME": str(self.place.data)}

    def kubectl(self, *arguments: str | Path, text: str = "") -> subprocess.CompletedProcess[str]:
        command = [self.programs["kubectl"], *arguments]
        return subprocess.run(
            command, env=self.environment, input=text, capture_output=True, text=True, timeout=120, check=False
        )

    def get(self, path: str) -> Any:
        return self._ask(urllib.request.Request(self.url + path))

    def patch(self, path: str, change: Object) -> None:
        headers = {"Content-Type": "application/merge-patch+json"}
        self._ask(urllib.request.Request(self.url + path, json.dumps(change).encode(), headers, method="PATCH"))

    def _ask(self, request: urllib.request.Request) -> Any:
        request.add_header("Authorization", f"Bearer {self.token}")
        with urllib.request.urlopen(request, context=self._trusted, timeout=30) as answer:
            return json.load(answer)

    @cached_property
    def _trusted(self) -> ssl.SSLContext:
        return ssl.create_default_context(cafile=self.certificates / "apiserver.crt")

    def _ready(self) -> bool:
        return self.kubeconfig.exists() and self.kubectl("get", "--raw", "/readyz").returncode == 0

    def _start(self, name: str, arguments: dict[str, object]) -> Process:
        options = [f"--{option}={value}" for option, value in arguments.items()]
        process = Process(Program(name, [self.programs[name], *options]), self.place)
        self.started.append(process)
        process.start()
        return process

    def _write_files(self) -> None:
        """The key for tokens of service accounts, the administrator's token, and the way here for kubectl."""
        key = signing_key().encode()
        (self.place.data / "accounts.pem").write_bytes(key)
        (self.place.data / "accounts.pub").write_bytes(_public(key))
        (self.place.data / "tokens.csv").write_text(f'{self.token},admin,admin,"system:masters"\n')
        cluster = {"server": self.url, "certificate-authority": str(self.certificates / "apiserver.crt")}
        config = {
            "clusters": [{"name": "it", "cluster": cluster}],
            "users": [{"name": "admin", "user": {"token": self.token}}],
            "contexts": [{"name": "it", "context": {"cluster": "it", "user": "admin"}}],
            "current-context": "it",
        }
        self.kubeconfig.write_text(yaml.safe_dump({"apiVersion": "v1", "kind": "Config", **config}))

    def _etcd(self) -> dict[str, object]:
        clients, peers = (f"http://{HOST}:{self.ports[name]}" for name in ("etcd", "peer"))
        return {
            "data-dir": self.place.data / "etcd",
            "listen-client-urls": clients,
            "advertise-client-urls": clients,
            "listen-peer-urls": peers,
            "initial-advertise-peer-urls": peers,
            "initial-cluster": f"default={peers}",
        }

    def _server(self) -> dict[str, object]:
        return {
            "etcd-servers": f"http://{HOST}:{self.ports['etcd']}",
            "bind-address": HOST,
            "secure-port": self.ports["server"],
            "cert-dir": self.certificates,
            "token-auth-file": self.place.data / "tokens.csv",
            "authorization-mode": "RBAC",
            "allow-privileged": "true",  # as clusters have it: it is the namespace that refuses
            "service-account-issuer": "https://kubernetes.default.svc",
            "service-account-key-file": self.place.data / "accounts.pub",
            "service-account-signing-key-file": self.place.data / "accounts.pem",
            "service-cluster-ip-range": "10.0.0.0/24",
            "endpoint-reconciler-type": "none",
        }

    def _controllers(self) -> dict[str, object]:
        return {
            "kubeconfig": self.kubeconfig,
            "bind-address": HOST,
            "secure-port": self.ports["controllers"],
            "cert-dir": self.certificates,
            "leader-elect": "false",
            "service-account-private-key-file": self.place.data / "accounts.pem",
        }


def _public(private: bytes) -> bytes:
    key = serialization.load_pem_private_key(private, None).public_key()
    return key.public_bytes(serialization.Encoding.PEM, serialization.PublicFormat.SubjectPublicKeyInfo)


class Node(threading.Thread):
    """Reports what a node would: pods of Jobs have succeeded, others are ready, with an image in `broken` never."""

    def __init__(self, cluster: ControlPlane) -> None:
        super().__init__(daemon=True)
        self.cluster = cluster
        self.broken: set[str] = set()
        self.ended = threading.Event()

    def run(self) -> None:
        while not self.ended.wait(0.3):
            for pod in self.cluster.get("/api/v1/pods?fieldSelector=status.phase=Pending")["items"]:
                if status := self._status(pod["spec"]):
                    self._report(pod["metadata"], status)

    def _status(self, pod: Object) -> Object | None:
        if pod["restartPolicy"] == "Never":
            return {"phase": "Succeeded"}
        if pod["containers"][0]["image"] in self.broken:
            return None
        now = datetime.now(UTC).strftime("%Y-%m-%dT%H:%M:%SZ")
        ready = {"type": "Ready", "status": "True", "lastTransitionTime": now}
        return {"phase": "Running", "startTime": now, "conditions": [ready]}

    def _report(self, pod: Object, status: Object) -> None:
        """A pod may have been deleted since it was listed."""
        try:
            self.cluster.patch(f"/api/v1/namespaces/{pod['namespace']}/pods/{pod['name']}/status", {"status": status})
        except urllib.error.HTTPError as error:
            if error.code != 404:
                raise
