"""Draw the pictures of docs/tracking.md: MLflow's pages after a real run of the digits.

As `PYTHONPATH=src .venv/bin/python tests/support/mlflow_pictures.py docs`; takes minutes.
"""

import io
import json
import sys
import tempfile
from pathlib import Path

from PIL import Image
from selenium.webdriver.support.ui import WebDriverWait

from aecluster.tracking import link
from browser import chromium, plots, seen
from project import DIGITS, Project
from tracked import Server

CHOSEN = [f"{name} k=10 seed=0" for name in ("pixels", "pca", "sparse_ae")]


def run(folder: Path) -> dict:
    """Run an experiment of twelve variants; return what its tracking left."""
    learned = {"method": "autoencoder", "epochs": 5, "batch_size": 32}
    experiment = DIGITS | {
        "representations": {
            "pixels": {"method": "pixels"},
            "pca": {"method": "pca"},
            "sparse_ae": learned,
        },
        "clustering": {"k": [5, 10]},
        "seeds": [0, 1],
    }
    project = Project.create(folder, experiment)
    project.make()
    return project.record("results/demo/tracked.json")


def keep(browser, path: Path) -> None:
    """Keep the page in few colours, since the repository keeps each version."""
    shown = Image.open(io.BytesIO(browser.get_screenshot_as_png())).convert("RGB")
    shown.quantize(64).save(path, optimize=True)


def draw(folder: Path, receipt: dict, to: Path) -> None:
    """Keep what a person sees who has closed what MLflow opens at the first visit."""
    server = Server(folder, f"sqlite:///{folder}/mlflow.db").start()
    try:
        with tempfile.TemporaryDirectory() as known, chromium(known) as browser:
            browser.get(server.uri)
            browser.execute_script(
                "localStorage.setItem('mlflow.assistant.fab.autoOpenedOnFirstLoad_v1', 'true')"
            )
            browser.get(link(server.uri, receipt["experiment_ids"]["variants"]))
            seen(browser, *CHOSEN)
            keep(browser, to / "mlflow-runs.png")
            runs = json.dumps([receipt["variants"][name] for name in CHOSEN])
            experiments = json.dumps([receipt["experiment_ids"]["variants"]])
            browser.get(f"{server.uri}/#/compare-runs?runs={runs}&experiments={experiments}")
            seen(browser, "Comparing 3 Runs", *CHOSEN)
            WebDriverWait(browser, 40).until(plots, message="the plot")
            keep(browser, to / "mlflow-compare.png")
    finally:
        server.end()


if __name__ == "__main__":
    with tempfile.TemporaryDirectory() as temporary:
        place = Path(temporary) / "project"
        draw(place, run(place), Path(sys.argv[1]))
