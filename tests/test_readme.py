"""What README shows must be what there is, and its code must run as pasted."""

import re
import subprocess
from pathlib import Path

ROOT = Path(__file__).parents[1]
README = (ROOT / "README.md").read_text()


def test_python_runs_as_pasted_and_prints_what_its_comment_says(capsys):
    [block] = re.findall(r"```python\n(.*?)```", README, re.DOTALL)
    exec(block, {})  # noqa: S102 - the project's own

    assert f"# {capsys.readouterr().out}" in block


def test_make_targets_exist():
    targets = set(re.findall(r"`?make (\w+)", README))
    makefile = (ROOT / "Makefile").read_text()

    assert targets >= {"demo", "run", "ui", "plan", "test"}
    assert [t for t in targets if not re.search(rf"^{t}:", makefile, re.MULTILINE)] == []


def test_tracked_top_level_is_explained():
    listed = subprocess.run(
        ["git", "ls-tree", "-d", "--name-only", "HEAD"], cwd=ROOT, capture_output=True, text=True
    ).stdout.split()

    folders = [name for name in listed if not name.startswith(".")]
    assert [name for name in folders if f"`{name}/`" not in README] == []


def test_picture_is_small_enough_for_a_front_page():
    pictures = re.findall(r"!\[[^\]]+\]\(([^)]+)\)", README)

    assert len(pictures) == 1
    assert (ROOT / pictures[0]).stat().st_size < 300_000
