"""Keys: the same for all pods, made once; and no cloud key that never changes."""

import os
from collections.abc import Iterator

from shop.stateless.places import ENVIRONMENT, POD_MEMORY, SOURCE
from shop.stateless.project import Project
from shop.stateless.rows import Question, Row, Severity, Verdict
from shop.stateless.scan.generated import GeneratedKey, cloud_keys, generated_keys
from shop.stateless.scan.module import in_turn

GENERATED, STATIC_CLOUD_KEYS = 90, 91
KEYS = Question("Keys that sign sessions, links and tokens", "everybody signed in")
LOST = "Everybody is logged out, and with two pods all the time: each refuses what the other has signed."
CLOUD_SETTINGS = (
    "AWS_ACCESS_KEY_ID", "AWS_SECRET_ACCESS_KEY", "AWS_S3_ACCESS_KEY_ID", "AWS_S3_SECRET_ACCESS_KEY",
    "AWS_SES_ACCESS_KEY_ID", "AWS_SES_SECRET_ACCESS_KEY",
)  # fmt: skip


def rows(project: Project) -> Iterator[Row]:
    settings = in_turn(project.sources.settings_modules())
    made = [key for module in settings for key in generated_keys(module)]
    made = [key for key in made if not _is_given(project, key)]
    for key in made:
        yield _made(key)
    if not any(key.setting == "SECRET_KEY" for key in made):
        yield KEYS.shared(GENERATED, "SECRET_KEY, the same each time it is read", ENVIRONMENT)
    yield from _cloud(project)


def _is_given(project: Project, key: GeneratedKey) -> bool:
    """Return whether the environment has it here: its variable is set, or it is the value of some variable."""
    value = project.setting(key.setting)
    return bool(os.environ.get(key.variable)) or (bool(value) and str(value) in os.environ.values())


def _made(key: GeneratedKey) -> Row:
    remedy = f'{key.setting} = os.environ["{key.variable or key.setting}"], the same value for all pods'
    where = f"{key.setting}, made anew by {key.maker} in each process"
    return KEYS.broken(GENERATED, where, POD_MEMORY, LOST, remedy, file=key.file, line=key.line)


def _cloud(project: Project) -> Iterator[Row]:
    """Static keys are no state of a pod: all have the same. They are a warning because they never change."""
    asked = Question("Keys of the cloud account", "the business")
    named = [name for name in CLOUD_SETTINGS if project.setting(name)]
    for alias, entry in sorted(project.setting("STORAGES", {}).items()):
        options = entry.get("OPTIONS") or {}
        named += [
            f'STORAGES["{alias}"]["OPTIONS"]["{key}"]' for key in ("access_key", "secret_key") if options.get(key)
        ]
    if named:
        yield _static(asked, ", ".join(named))
    for module in in_turn(project.sources.own()):
        for line in cloud_keys(module):
            yield _static(asked, "written into source code", module.shown, line)


def _static(asked: Question, where: str, file: str = "", line: int = 0) -> Row:
    lost = "Nothing with a pod; whoever reads the key has it for ever, and changing it means a release."
    remedy = "Leave the setting out: boto3 finds the role of the pod (IRSA or EKS Pod Identity) by itself"
    warning = {"verdict": Verdict.SHARED, "severity": Severity.WARNING, "remedy": remedy}
    return asked.shared(
        STATIC_CLOUD_KEYS, where, SOURCE if file else ENVIRONMENT, lost, file=file, line=line, **warning
    )
