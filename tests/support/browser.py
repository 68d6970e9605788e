"""A real browser without a window, and what it shows."""

import shutil
from contextlib import contextmanager

from selenium import webdriver
from selenium.webdriver.common.by import By
from selenium.webdriver.support.ui import WebDriverWait

_FLAGS = (
    "--headless",
    "--no-sandbox",
    "--disable-gpu",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
    "--window-size=1600,900",
)


@contextmanager
def chromium(folder):
    """Yield a browser that keeps what it knows in a folder."""
    options = webdriver.ChromeOptions()
    options.binary_location = shutil.which("chromium")
    for flag in (*_FLAGS, f"--user-data-dir={folder}"):
        options.add_argument(flag)
    service = webdriver.ChromeService(shutil.which("chromedriver"))
    browser = webdriver.Chrome(options=options, service=service)
    try:
        yield browser
    finally:
        browser.quit()


def seen(browser, *texts):
    """Wait until the page shows all of these texts."""

    def is_there(browser):
        shown = browser.find_element(By.TAG_NAME, "body").text
        return all(text in shown for text in texts)

    WebDriverWait(browser, 40).until(is_there, message=str(texts))


def plots(browser):
    """Return the plots that are drawn already."""
    return browser.find_elements(By.CSS_SELECTOR, ".js-plotly-plot .main-svg")
