"""Snakemake's `--logger aecluster`: a line per step that matters, and a line of progress.

What Snakemake says beside that is in its own log file, whose name comes last. Errors and warnings
are shown whole, and so is everything in dry runs and with `--verbose`.
"""

import logging
import sys
import threading
from dataclasses import dataclass, field
from typing import Any, Optional

from snakemake.logging import ColorizingTextHandler
from snakemake_interface_logger_plugins.base import LogHandlerBase
from snakemake_interface_logger_plugins.common import LogEvent
from snakemake_interface_logger_plugins.settings import LogHandlerSettingsBase
from tqdm import tqdm

from aecluster.workflow.dry_run import Step, write_steps
from aecluster.workflow.progress import Progress, in_words

_KEPT = ("Nothing to be done", "Complete log(s):")
_REDRAWN_S = 1.0


@dataclass
class LogHandlerSettings(LogHandlerSettingsBase):
    """What can be set on the command line."""

    # Snakemake makes its argument from the annotation, and takes no other spelling of it.
    steps_to: Optional[str] = field(  # noqa: UP045
        default=None,
        metadata={
            "help": "Write the steps of a dry run to this JSON file, instead of showing them"
        },
    )


class LogHandler(LogHandlerBase):
    """Writes what a user wants to know of a run to the terminal."""

    def __post_init__(self) -> None:
        self._progress = Progress()
        self._stream = sys.stdout if self.common_settings.stdout else sys.stderr
        self._snakemake = ColorizingTextHandler(self.common_settings.nocolor, self._stream)
        self._bar: tqdm[Any] | None = None
        self._steps: list[Step] = []
        self._ended = threading.Event()

    writes_to_stream = True
    writes_to_file = False
    has_filter = False
    has_formatter = False
    needs_rulegraph = False

    def emit(self, record: logging.LogRecord) -> None:
        """Say what the record means to the user, if anything."""
        try:
            self._take(record)
        except Exception:
            self.handleError(record)

    def close(self) -> None:
        """Take the line of progress away."""
        self._ended.set()
        self._end_bar()
        if self.settings.steps_to:
            write_steps(self.settings.steps_to, self._steps)
        super().close()

    def _take(self, record: logging.LogRecord) -> None:
        settings = self.common_settings
        event = getattr(record, "event", None)
        if self.settings.steps_to and record.levelno < logging.WARNING:
            if event == LogEvent.JOB_INFO and record.output:
                self._steps.append(_step(record))
            return
        if settings.dryrun or settings.verbose or record.levelno >= logging.WARNING:
            self._as_snakemake(record)
            return
        match event:
            case LogEvent.RUN_INFO:
                jobs = {rule: n for rule, n in record.stats.items() if rule != "total"}
                self._progress.plan(jobs)
                if jobs:
                    self._begin_bar()
                else:  # as of `--until` where all up to there is done
                    self._say("Nothing to be done: all that was asked for is up to date")
            case LogEvent.JOB_INFO:
                # The rule that only asks for files is no step.
                title = _title(record) if record.output else ""
                line = self._progress.start(record.jobid, record.rule_name, title)
                self._say(line if title else None)
            case LogEvent.JOB_FINISHED:
                self._say(self._progress.finish(record.job_id))
                if self._progress.n_done == self._progress.n_planned:
                    self._end_bar()
                    n, took = self._progress.n_done, in_words(self._progress.seconds)
                    self._say(f"{n:,} step{'s' if n != 1 else ''} in {took}")
            case LogEvent.JOB_ERROR | LogEvent.GROUP_ERROR | LogEvent.ERROR | LogEvent.SHELLCMD:
                self._as_snakemake(record)
            case None if hasattr(record, "step_seconds"):
                self._progress.expect(record.step_seconds)
                self._progress.warn(record.slow_starts)
                self._say(record.getMessage())
            case None if hasattr(record, "for_the_user"):
                self._say(record.getMessage())
            case None if str(record.msg).startswith(_KEPT):
                self._say(record.getMessage())

    def _as_snakemake(self, record: logging.LogRecord) -> None:
        self._snakemake.setFormatter(self.formatter)
        with tqdm.external_write_mode(file=self._stream):
            self._snakemake.emit(record)

    def _say(self, line: str | None) -> None:
        if line:
            tqdm.write(line, file=self._stream)
        if self._bar is not None:
            self._draw()

    def _begin_bar(self) -> None:
        if self._bar is None and self._stream.isatty():
            self._bar = tqdm(
                file=self._stream, bar_format="{desc}", leave=False, dynamic_ncols=True
            )
            threading.Thread(target=self._redraw, daemon=True).start()

    def _redraw(self) -> None:
        while not self._ended.wait(_REDRAWN_S):
            with self.lock:
                if self._bar is not None:
                    self._draw()

    def _draw(self) -> None:
        self._bar.set_description_str(self._progress.status())

    def _end_bar(self) -> None:
        if self._bar is not None:
            self._bar.close()
            self._bar = None


def _title(record: Any) -> str:
    return record.rule_msg or record.rule_name


def _step(record: Any) -> Step:
    return Step(
        rule=record.rule_name,
        title=_title(record),
        reason=record.reason,
        benchmark=record.benchmark or "",
        threads=record.threads,
    )
