"""Nothing stays on a process's own disk."""

from prove.claims.claim import Claim, counted
from prove.evidence import Evidence

SHOWN = 3


def nothing_written(evidence: Evidence) -> Claim:
    problems = [
        f"{name} wrote on its own disk: {', '.join(sorted(paths)[:SHOWN])}"
        + (f" and {len(paths) - SHOWN} more." if len(paths) > SHOWN else ".")
        for name, paths in sorted(evidence.written.items())
    ]
    found = f"{counted(evidence.watched, 'file')} and directories of code, home and temporary files are as before"
    return Claim("Nothing was written on local disk", found, problems)
