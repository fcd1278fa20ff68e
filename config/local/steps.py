"""Progress of a start: each step's name, a tick and its seconds; plain lines where nobody watches a terminal."""

import time
from types import TracebackType

from rich.console import Console, RenderableType
from rich.progress import Progress, ProgressColumn, SpinnerColumn, Task, TextColumn
from rich.text import Text


class Seconds(ProgressColumn):
    """Seconds since the step began."""

    def render(self, task: Task) -> Text:
        elapsed = task.finished_time if task.finished else task.elapsed
        return Text(f"{elapsed or 0:.1f} s", style="dim")


class Mark(SpinnerColumn):
    """A spinner, then a tick, or a cross where the start ended before the step did."""

    def render(self, task: Task) -> RenderableType:
        if not task.finished:
            return super().render(task)
        return Text("✗", style="red") if task.fields["broken"] else Text("✓", style="green")


class Steps:
    """A list of steps that may run side by side."""

    def __init__(self, console: Console) -> None:
        self.console = console
        columns = (Mark(), TextColumn("{task.description}"), Seconds(), TextColumn("[dim]{task.fields[note]}"))
        self.progress = Progress(*columns, console=console, disable=not console.is_terminal)

    def begin(self, title: str) -> "Step":
        return Step(self, title)

    def __enter__(self) -> "Steps":
        self.progress.start()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        for task in self.progress.tasks:
            if not task.finished:
                self.progress.update(task.id, completed=1, broken=True)
        self.progress.stop()


class Step:
    """One line; a with statement ends it."""

    def __init__(self, steps: Steps, title: str) -> None:
        self.steps = steps
        self.title = title
        self.began_at = time.monotonic()
        self.task = steps.progress.add_task(title, total=1, note="", broken=False)

    def note(self, text: str) -> None:
        """Show what it is at, cut to a line."""
        self.steps.progress.update(self.task, note=text[:40].replace("[", "("))

    def done(self, note: str = "") -> None:
        self.steps.progress.update(self.task, completed=1, note=note)
        if self.steps.progress.disable:
            seconds = time.monotonic() - self.began_at
            self.steps.console.print(f"✓ {self.title} {seconds:.1f} s {note}".rstrip(), highlight=False, markup=False)

    def __enter__(self) -> "Step":
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        if kind is None:
            self.done()
