"""Packages of others, each pinned and in an environment of its own, and programs that run there."""

import hashlib
import shutil
import subprocess
import sys
from collections.abc import Sequence
from pathlib import Path
from typing import NamedTuple

_OF_SYSTEM = {"r": "Rscript", "octave": "octave-cli"}


class Package(NamedTuple):
    """A package to compare with.

    Attributes
    ----------
    title : str
        Name and version as readers know them.
    calls : str
        Its function in the program that calls it.
    needs : tuple of str
        What to install.
    kind : str, default="python"
        `python`, `npm`, `r` or `octave`; the last two have the packages of the system.
    alone : tuple of str
        What to install without what it asks for.
    """

    title: str
    calls: str
    needs: tuple[str, ...] = ()
    kind: str = "python"
    alone: tuple[str, ...] = ()


def set_up(package: Package, folder: Path) -> Path | None:
    """Return the folder of a package's environment, made if need be, or None if it fails."""
    of_needs = hashlib.sha256(repr((package.needs, package.alone)).encode()).hexdigest()[:8]
    place = folder / f"{package.kind}-{package.calls}-{of_needs}"
    if package.kind in _OF_SYSTEM:
        return place if shutil.which(_OF_SYSTEM[package.kind]) else None
    if (place / "ready").exists():
        return place
    place.mkdir(parents=True, exist_ok=True)
    if package.kind == "npm":
        if not shutil.which("npm"):
            return None
        commands = [["npm", "install", "--silent", "--no-save", "--prefix", place, *package.needs]]
    else:
        uv = Path(sys.executable).with_name("uv")
        python = place / "bin" / "python"
        commands = [
            [uv, "venv", "--quiet", "--allow-existing", place],
            [uv, "pip", "install", "--quiet", "--python", python, *package.needs],
        ]
        if package.alone:
            alone = ["--no-deps", *package.alone]
            commands.append([uv, "pip", "install", "--quiet", "--python", python, *alone])
    for command in commands:
        done = subprocess.run(command, capture_output=True, text=True, check=False)  # noqa: S603
        if done.returncode:
            sys.stderr.write(f"{package.title}: {done.stderr.strip()}\n")
            return None
    (place / "ready").touch()
    return place


def run(
    package: Package, place: Path, programs: Path, arguments: Sequence[object], limit_s: float
) -> bool:
    """Run the program of a package's kind, and say whether it ended well within the limit.

    Parameters
    ----------
    package, place
        The package and the folder of its environment.
    programs : Path
        The programs' common name, without its ending.
    arguments : sequence
        What to tell the program after the package's name.
    limit_s : float
        When to end it, in seconds.
    """
    environment = {"PATH": "/usr/local/bin:/usr/bin:/bin", "HOME": str(place)}
    if package.kind == "r":
        start = ["Rscript", "--vanilla", programs.with_suffix(".R")]
    elif package.kind == "octave":
        start = ["octave-cli", "--quiet", "--norc", programs.with_suffix(".m")]
    elif package.kind == "npm":
        start = ["node", programs.with_suffix(".cjs")]
        environment["NODE_PATH"] = str(place / "node_modules")
    else:
        start = [place / "bin" / "python", "-W", "ignore", programs.with_suffix(".py")]
    command = [*start, package.calls, *arguments]
    try:
        done = subprocess.run(  # noqa: S603
            list(map(str, command)), capture_output=True, text=True, check=False,
            timeout=limit_s, env=environment,
        )  # fmt: skip
    except subprocess.TimeoutExpired:
        return False
    if done.returncode:
        sys.stderr.write(f"{package.title}: {done.stderr.strip()[-500:]}\n")
    return done.returncode == 0
