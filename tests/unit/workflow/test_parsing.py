"""What Snakemake loads of the package at every start, and in every job."""

import re
import subprocess
import sys
from pathlib import Path

ROOT = Path(__file__).parents[3]
HEAVY = {"h5py", "keras", "matplotlib", "mlflow", "numba", "numpy", "pandas", "scipy", "sklearn",
         "tensorflow"}  # fmt: skip


def test_rules_import_nothing_that_takes_long_to_load():
    rules = [ROOT / "Snakefile", *sorted(ROOT.glob("workflow/rules/*.smk"))]
    imports = [
        line
        for path in rules
        for line in re.findall(
            r"^(?:from|import) [^(\n]+(?:\([^)]*\))?", path.read_text(), re.MULTILINE
        )
        if "aecluster" in line
    ]
    code = "\n".join([*imports, "import sys", f"print(sorted({HEAVY} & set(sys.modules)))"])
    loaded = subprocess.run(
        [sys.executable, "-c", code], capture_output=True, text=True, check=True
    )

    assert any("console" in line for line in imports)
    assert loaded.stdout.strip() == "[]"
