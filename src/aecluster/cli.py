"""The command `aecluster`: what is asked beside running the workflow."""

import argparse
import json
import os
import socket
import subprocess
import sys
import tempfile
from collections.abc import Callable, Sequence
from pathlib import Path

from aecluster.errors import AeclusterError
from aecluster.tracking import link, tracked_in
from aecluster.tracking.uri import public_uri, resolve_uri, sqlite_path

_UI_PORT = 5000


def main(arguments: Sequence[str] | None = None) -> int:
    """Run one subcommand.

    Parameters
    ----------
    arguments : sequence of str, optional
        As on the command line, which is the default.

    Returns
    -------
    int
        Exit code: 0, or 1 after an error of one line on stderr.
    """
    options, rest = _parser().parse_known_args(arguments)
    if rest and options.run is not _plan:
        print(f"aecluster: unknown arguments: {' '.join(rest)}", file=sys.stderr)
        return 2
    try:
        return options.run(rest or [getattr(options, name) for name in options.names])
    except AeclusterError as error:
        print(f"aecluster: {error}", file=sys.stderr)
        return 1


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(prog="aecluster", description=__doc__, allow_abbrev=False)
    commands = parser.add_subparsers(required=True, metavar="COMMAND")

    def add(name: str, run: Callable[[list[str]], int], words: str, **arguments: str) -> None:
        command = commands.add_parser(name, help=words, description=words, allow_abbrev=False)
        command.set_defaults(run=run, names=list(arguments))
        for argument, meaning in arguments.items():
            command.add_argument(argument, help=meaning)

    add("plan", _plan, "say what a run would do and why; takes Snakemake's arguments")
    add("ui", _ui, "compare the runs in MLflow, on 127.0.0.1")
    add("runs", _runs, "list every variant under results/, best first, and what sets it apart")
    add("times", _times, "say what each step of the runs under results/ took, and its share")
    add(
        "summary",
        _summary,
        "print an experiment's scores that compare as Markdown, and draw them against k",
        experiment="its name; a folder under results/",
        picture="the PNG file to make",
    )
    add("show", _show, "say what a store holds", store="a store.h5 under results/")
    add(
        "sheet",
        _sheet,
        "draw some images of each class of a store of pixels",
        store="a store.h5 under results/<dataset>/pixels/",
        picture="the PNG file to make",
    )
    add(
        "diff",
        _diff,
        "say what differs between two records, causes before effects",
        before="a record under results/",
        after="another one",
    )
    add("verify", _verify, "read every file under results/ and say what is not as recorded")
    add("schema", _schema, "print the JSON schema of experiment files")
    add("manual", _manual, "print the manual of experiment files")
    return parser


def _plan(arguments: list[str]) -> int:
    from aecluster.records.outdated import REASONS_VARIABLE
    from aecluster.workflow.dry_run import explain, read_dry_run

    texts = []
    with tempfile.TemporaryDirectory() as folder:
        told = Path(folder) / "reasons.json"
        for forced, environment in (([], {REASONS_VARIABLE: str(told)}), (["--forceall"], {})):
            command = [_beside_python("snakemake"), "--dry-run", "--quiet", "host", "--nocolor"]
            dry_run = subprocess.run(  # noqa: S603 - the arguments are the user's own
                [*command, *forced, *arguments],
                capture_output=True,
                text=True,
                env={**os.environ, **environment},
            )
            if dry_run.returncode != 0:
                sys.stderr.write(dry_run.stdout + dry_run.stderr)
                return dry_run.returncode
            texts.append(dry_run.stdout + dry_run.stderr)
        # Without it another run holds the results, and says so.
        reasons = json.loads(told.read_text()) if told.exists() else {}
    print(explain(*map(read_dry_run, texts), reasons))
    return 0


def _ui(arguments: list[str]) -> int:
    uri = resolve_uri()
    database = sqlite_path(uri)
    if uri.startswith(("http://", "https://")):
        print("\n".join([f"The runs are on {public_uri(uri)}", *_links(public_uri(uri), uri)]))
        return 0
    if database is not None and not database.exists():
        raise AeclusterError(
            f"{database}: no runs yet, expected those of `make demo` or `make run`"
        )
    port = str(_free_port())
    server = f"http://127.0.0.1:{port}"
    opening = f"MLflow over {public_uri(uri)}: {server} (Ctrl-C ends it)"
    print("\n".join([opening, *_links(server, uri)]), flush=True)
    # MLflow reports usage to its makers, from the pages too, unless it is told not to.
    os.environ.setdefault("MLFLOW_DISABLE_TELEMETRY", "true")
    mlflow = _beside_python("mlflow")
    os.execv(  # noqa: S606 - replaced, so that Ctrl-C reaches MLflow itself
        mlflow,
        [mlflow, "ui", "--backend-store-uri", uri, "--host", "127.0.0.1", "--port", port,
         "--workers", "1"],
    )  # fmt: skip


def _links(server: str, uri: str) -> list[str]:
    """Return a line for each experiment of this folder in the store, with its address."""
    return [
        f"  {experiment}: {link(server, experiment_id)}"
        for experiment, experiment_id in tracked_in(uri, "results").items()
    ]


def _free_port() -> int:
    with socket.socket() as probe:
        # As servers do: the port of a server that has just ended is free.
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind(("127.0.0.1", _UI_PORT))
        except OSError:
            probe.bind(("127.0.0.1", 0))
        return probe.getsockname()[1]


def _runs(arguments: list[str]) -> int:
    from aecluster.tracking.table import compare_variants

    print(compare_variants("results"))
    return 0


def _times(arguments: list[str]) -> int:
    from aecluster.workflow.times import table_of_times

    print(table_of_times("results"))
    return 0


def _summary(arguments: list[str]) -> int:
    from aecluster.comparison.markdown import summarize_in_markdown

    experiment, picture = arguments
    print(summarize_in_markdown(Path("results") / experiment, picture))
    return 0


def _show(arguments: list[str]) -> int:
    from aecluster.data.summary import summarize_store

    print(summarize_store(*arguments))
    return 0


def _sheet(arguments: list[str]) -> int:
    from aecluster.figures.contact_sheet import draw_contact_sheet
    from aecluster.store import Store

    path, picture = arguments
    with Store(path) as store:
        split = store.splits[0]
        try:
            draw_contact_sheet(picture, split=store[split], title=f"{store.dataset}, {split}")
        except (ValueError, OSError) as error:
            raise AeclusterError(f"{path}: no sheet of it ({error})") from None
    print(picture)
    return 0


def _diff(arguments: list[str]) -> int:
    from aecluster.records.difference import difference
    from aecluster.records.record import read_record

    print("\n".join(difference(*map(read_record, arguments))) or "Nothing differs.")
    return 0


def _verify(arguments: list[str]) -> int:
    from aecluster.records.verification import verify

    n_verified, problems = verify("results")
    for line in problems:
        print(line)
    if problems:
        print(f"{len(problems):,} files are not as their records say, {n_verified:,} are.")
        return 1
    print(f"{n_verified:,} files are as their records say.")
    return 0


def _schema(arguments: list[str]) -> int:
    from aecluster.config.manual import schema

    sys.stdout.write(schema())
    return 0


def _manual(arguments: list[str]) -> int:
    from aecluster.config.manual import manual

    sys.stdout.write(manual())
    return 0


def _beside_python(program: str) -> str:
    """Return the path of a program of this environment, which need not be activated."""
    return str(Path(sys.executable).with_name(program))
