"""Terraform with the AWS provider, where both are installed."""

import os
import shutil
import subprocess
from dataclasses import dataclass
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]
# Folders in which a machine may keep the provider, as `terraform providers mirror` lays it out.
MIRRORS = [os.environ.get("TF_PLUGIN_MIRROR", ""), "/opt/tf-plugins", str(Path.home() / ".terraform.d/plugins")]
STATE_HERE = 'terraform {\n  backend "local" {}\n}\n'
# One run of `init` and `validate` for all: each reads the provider's whole schema.
EXAMPLES = "".join(
    f'module "example_{name}" {{\n  source = "./examples/{name}"\n  events_topic_arn = module.queues.events_arn\n}}\n'
    for name in ("fulfilment", "analytics")
)
VARIABLES = {"shop_host": "shop.example", "media_host": "media.shop.example"}


@dataclass(frozen=True)
class Terraform:
    """A copy of infra/ in which Terraform may write."""

    directory: Path
    environment: dict[str, str]

    def __call__(self, *arguments: str, **environment: str) -> subprocess.CompletedProcess[str]:
        running = self.begin(*arguments, **environment)
        return subprocess.CompletedProcess(running.args, *self.end(running))

    def begin(self, *arguments: str, **environment: str) -> subprocess.Popen[str]:
        """Start it and return at once."""
        return subprocess.Popen(
            ["terraform", *arguments],
            cwd=self.directory,
            env={**self.environment, **environment},
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            text=True,
        )

    @staticmethod
    def end(running: subprocess.Popen[str]) -> tuple[int, str, str]:
        """Wait for it; return its code and what it said."""
        output, errors = running.communicate()
        return running.returncode, output, errors


@pytest.fixture(scope="session")
def terraform(tmp_path_factory: pytest.TempPathFactory) -> Terraform:
    mirror = next((each for each in MIRRORS if each and Path(each).is_dir()), None)
    if not shutil.which("terraform") or mirror is None:
        pytest.skip("no terraform here, or no folder with its AWS provider (TF_PLUGIN_MIRROR)")
    directory = tmp_path_factory.mktemp("terraform")
    shutil.copytree(ROOT / "infra", directory / "infra", ignore=shutil.ignore_patterns(".terraform*", "*.tfstate*"))
    (directory / "infra" / "here_override.tf").write_text(STATE_HERE)
    (directory / "infra" / "here_examples.tf").write_text(EXAMPLES)
    configuration = directory / "terraformrc"
    configuration.write_text(f'provider_installation {{\n  filesystem_mirror {{\n    path = "{mirror}"\n  }}\n}}\n')
    variables = {f"TF_VAR_{name}": value for name, value in VARIABLES.items()}
    plain = {
        name: value for name, value in os.environ.items() if not name.startswith("AWS_")
    }  # the tests' own services
    made = Terraform(
        directory / "infra",
        {**plain, **variables, "TF_CLI_CONFIG_FILE": str(configuration), "TF_IN_AUTOMATION": "1"},
    )
    ready = made("init", "-input=false", "-no-color")
    assert ready.returncode == 0, ready.stdout + ready.stderr
    return made
