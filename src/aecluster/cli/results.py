"""The commands that read results: scores, times, records."""

import argparse
from pathlib import Path

from aecluster.cli.command import Commands, add_command, say_on_terminal


def add_to(commands: Commands) -> None:
    """Add the commands that read results, from `runs` to `verify`."""
    runs = add_command(
        commands,
        "runs",
        _runs,
        "list every variant under results/, best first, and what sets it apart",
    )
    add_command(
        commands,
        "compare",
        _compare,
        "say how the scores of an experiment differ from those of another, seed by seed",
        first="its name or folder under results/",
        second="that of the other one",
    )
    times = add_command(
        commands,
        "times",
        _times,
        "say what each step of the runs under results/ took, and its share",
    )
    times.add_argument("experiment", nargs="?", help="only of this one; a folder under results/")
    summary = add_command(
        commands,
        "summary",
        _summary,
        "print an experiment's scores that compare as Markdown",
        experiment="its name; a folder under results/",
    )
    summary.add_argument("picture", nargs="?", help="a PNG file, to draw them against k")
    board = add_command(
        commands,
        "leaderboard",
        _leaderboard,
        "print every representation and clusterer with scores, minutes and memory, best first, "
        "beside published rows",
    )
    board.add_argument("experiments", nargs="*", help="their names; all of them by default")
    add_command(
        commands,
        "diff",
        _diff,
        "say what differs between two records, causes before effects",
        before="a record under results/",
        after="another one",
    )
    verify = add_command(
        commands,
        "verify",
        _verify,
        "read every file under results/ and say what is not as recorded",
    )
    for command in (runs, times, board, verify):
        command.add_argument(
            "--results", default="results", metavar="FOLDER", help="below a module's prefix"
        )


def _runs(options: argparse.Namespace) -> int:
    from aecluster.tracking.table import compare_variants

    print(compare_variants(options.results))
    return 0


def _compare(options: argparse.Namespace) -> int:
    from aecluster.comparison.experiments import compare_experiments

    folders = (
        path if (path := Path("results") / name).is_dir() else Path(name)
        for name in (options.first, options.second)
    )
    print(compare_experiments(*folders))
    return 0


def _leaderboard(options: argparse.Namespace) -> int:
    from aecluster.comparison.leaderboard import leaderboard

    print(leaderboard(options.results, options.experiments))
    return 0


def _times(options: argparse.Namespace) -> int:
    from aecluster.workflow.times import table_of_times

    print(table_of_times(options.results, options.experiment))
    return 0


def _summary(options: argparse.Namespace) -> int:
    from aecluster.comparison.markdown import summarize_in_markdown
    from aecluster.records.standing import check_standing

    folder = Path("results") / options.experiment
    for name in ("summary", "scores"):
        check_standing(folder / f"{name}.json")
    print(summarize_in_markdown(folder, options.picture))
    return 0


def _diff(options: argparse.Namespace) -> int:
    from aecluster.records.difference import difference
    from aecluster.records.record import read_record

    differences = difference(read_record(options.before), read_record(options.after))
    print("\n".join(differences) or "Nothing differs.")
    return 0


def _verify(options: argparse.Namespace) -> int:
    from aecluster.records.verification import verify

    say_on_terminal("Reading every file")
    n_verified, problems = verify(options.results)
    for line in problems:
        print(line)
    if problems:
        print(f"{len(problems):,} files are not as their records say, {n_verified:,} are.")
        return 1
    print(f"{n_verified:,} files are as their records say.")
    return 0
