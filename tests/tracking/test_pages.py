"""What a person sees in MLflow's own pages, in a real browser."""

import json
import os
import shutil
from pathlib import Path

import pytest

from aecluster.tracking import link
from tracked import Server, track_toy

pytest.importorskip("selenium", reason="Selenium is not installed")
if not (shutil.which("chromium") and shutil.which("chromedriver")):
    pytest.skip("Chromium with its driver is not installed", allow_module_level=True)

from selenium.webdriver.common.by import By
from selenium.webdriver.support.ui import WebDriverWait

from browser import chromium, plots, seen

pytestmark = [pytest.mark.slow, pytest.mark.servers]


@pytest.fixture(scope="module")
def tracked(tmp_path_factory, migrated):
    """A project that was tracked by a server which still runs; not to be changed."""
    folder = tmp_path_factory.mktemp("served")
    shutil.copyfile(migrated, folder / "mlflow.db")
    server = Server(folder, f"sqlite:///{folder}/mlflow.db").start()
    yield track_toy(folder, server.uri)
    server.end()


@pytest.fixture(scope="module")
def browser(tmp_path_factory):
    with chromium(tmp_path_factory.mktemp("browser")) as browser:
        yield browser


def compared_by(browser):
    """Return the names of the axes in the plot that the page opens with."""
    return [text.text for text in browser.find_elements(By.CSS_SELECTOR, ".axis-title")]


def keep(browser, name):
    """Keep a picture of the page where SCREENSHOTS says so."""
    if folder := os.environ.get("SCREENSHOTS"):
        Path(folder).mkdir(parents=True, exist_ok=True)
        browser.save_screenshot(str(Path(folder) / name))


# The first test of the file: what MLflow shows to a person who has never been there.
def test_first_visit_is_what_docs_tracking_says(tracked, browser):
    browser.get(link(tracked.uri, tracked.receipt["experiment_ids"]["variants"]))

    seen(browser, "You're viewing a shared view", "GenAI", "Model training", "MLflow Assistant")
    keep(browser, "first.png")


def test_link_opens_the_variants_with_their_scores_first(tracked, browser):
    browser.get(link(tracked.uri, tracked.receipt["experiment_ids"]["variants"]))
    seen(browser, "sparse_ae k=10 seed=0", "pixels k=10 seed=0", "silhouette", "0.0762")
    keep(browser, "runs.png")
    heads = browser.find_elements(By.CLASS_NAME, "ag-header-cell")
    columns = [
        head.text for head in sorted(heads, key=lambda head: head.location["x"]) if head.text
    ]
    assert [name for name in columns if name not in ("Run Name", "Created")][:2] == [
        "silhouette",
        "dunn",
    ]


def test_compare_page_shows_two_variants(tracked, browser):
    runs = json.dumps(list(tracked.receipt["variants"].values()))
    experiments = json.dumps([tracked.receipt["experiment_ids"]["variants"]])

    browser.get(f"{tracked.uri}/#/compare-runs?runs={runs}&experiments={experiments}")

    seen(browser, "Comparing 2 Runs", "sparse_ae k=10 seed=0", "pixels k=10 seed=0")
    WebDriverWait(browser, 40).until(plots, message="the plot")
    keep(browser, "compare.png")
    assert "nmi" in compared_by(browser)


def test_run_shows_its_description_and_scores(tracked, browser):
    experiment, run = (
        tracked.receipt["experiment_ids"]["variants"],
        tracked.receipt["variants"]["pixels k=10 seed=0"],
    )

    browser.get(f"{tracked.uri}/#/experiments/{experiment}/runs/{run}")

    seen(browser, "K-Means with k = 10 and seed 0 on pixels of toy", "dunn", "0.0662")
    keep(browser, "run.png")
