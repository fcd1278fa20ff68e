"""`python -m prove`: 0 if everything holds, 1 if something does not, 2 if it could not be tried."""

import signal
import sys
from types import FrameType

from rich.console import Console

from config.local.errors import LaunchError
from prove import html, report
from prove.options import Options, parse
from prove.proof import prove

PROVEN, FAILED, NOT_TRIED, INTERRUPTED = 0, 1, 2, 130


def main(arguments: list[str] | None = None) -> int:
    console = Console(highlight=False)
    signal.signal(signal.SIGTERM, _end)
    try:
        return run(parse(arguments), console)
    except LaunchError as trouble:
        print(f"✗ {trouble}", *trouble.lines, sep="\n    ", file=sys.stderr)
        return NOT_TRIED
    except OSError as trouble:
        print(f"✗ {trouble.filename or 'This machine'}: {(trouble.strerror or str(trouble)).lower()}.", file=sys.stderr)
        return NOT_TRIED
    except KeyboardInterrupt:
        print("Stopped.", file=sys.stderr)
        return INTERRUPTED


def run(options: Options, console: Console) -> int:
    options.out.mkdir(parents=True, exist_ok=True)  # before minutes are spent on what cannot be kept
    console.print(f"Seed {options.seed}: the same plan again with --seed {options.seed}", markup=False)
    parts = prove(options, console)
    for part in parts:
        console.print(report.table(part))
        for sentence in report.sentences(part):
            console.print(sentence, markup=False)
    page = html.write(parts, options)
    console.print(report.verdict(parts, options.seed), style="bold", markup=False)
    console.print(f"Written to {page}", markup=False)
    return PROVEN if all(part.holds for part in parts) else FAILED


def _end(_number: int, _frame: FrameType | None) -> None:
    raise KeyboardInterrupt


if __name__ == "__main__":
    sys.exit(main())
