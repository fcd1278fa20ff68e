"""k8s/overlays/local/provision.py, which is mounted into a pod and belongs to no package."""

import importlib.util
from typing import Any

from tests.k8s.manifests import ROOT


def program() -> Any:
    spec = importlib.util.spec_from_file_location("provision", ROOT / "k8s/overlays/local/provision.py")
    assert spec and spec.loader
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


QUEUES: dict[str, int] = program().QUEUES
MAX_RECEIVES: int = program().MAX_RECEIVES
