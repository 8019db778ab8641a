"""The report in a real browser."""

import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING

from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import sync_playwright

if TYPE_CHECKING:
    from playwright.sync_api import Browser, Page, ViewportSize

CHROMIUM = shutil.which("chromium") or shutil.which("google-chrome")
WATCH = """
addEventListener("securitypolicyviolation", (event) => {
  (window.refused ??= []).push(`${event.violatedDirective} ${event.blockedURI}`);
});
"""
WALK = """async () => {
  for (const view of ["expected", "base", "said"]) {
    form.elements.view.value = view;
    for (const item of shown) {
      await choose(item);
      await new Promise((done) => setTimeout(done));
    }
  }
}"""
"""Every item in every view, by the page's own functions."""


@contextmanager
def browser() -> "Iterator[Browser]":
    with sync_playwright() as machine:
        chromium = machine.chromium.launch(executable_path=CHROMIUM, args=["--no-sandbox"])
        yield chromium
        chromium.close()


@contextmanager
def opened(
    chromium: "Browser", path: Path, *, anchor: str = "", dark: bool = False
) -> "Iterator[Page]":
    """A page as it stands once the explorer has drawn its first item; a dark one is narrow too."""
    shape: ViewportSize = {"width": 390 if dark else 1280, "height": 800}
    context = chromium.new_context(color_scheme="dark" if dark else "light", viewport=shape)
    page = context.new_page()
    page.set_default_timeout(20_000)
    page.add_init_script(WATCH)
    page.goto(path.as_uri() + anchor)
    page.wait_for_selector("#detail h3")
    yield page
    context.close()


def obstacles(chromium: "Browser", path: Path, *, dark: bool) -> list[str]:
    """What axe-core finds wrong for people who use a screen reader, or see badly."""
    with opened(chromium, path, dark=dark) as page:
        violations = Axe().run(page).response["violations"]
    return [f"{each['id']}: {node['html']}" for each in violations for node in each["nodes"]]


def harm(chromium: "Browser", path: Path) -> list[str]:
    """What ran, was asked or was fetched while each item of a report was looked at."""
    seen: list[str] = []
    context = chromium.new_context()
    page = context.new_page()
    page.add_init_script(WATCH)
    page.on("dialog", lambda dialog: seen.append(f"dialog {dialog.message}"))
    page.on("request", lambda ask: seen.append(f"request {ask.url}"))
    page.on("pageerror", lambda error: seen.append(f"error {error}"))
    page.on("popup", lambda popup: seen.append(f"popup {popup.url}"))
    page.goto(path.as_uri())
    page.wait_for_selector("#detail h3")
    page.evaluate(WALK)
    page.wait_for_timeout(200)
    if page.evaluate("window.owned"):
        seen.append("a payload ran")
    seen += page.evaluate("window.refused ?? []")
    context.close()
    return [each for each in seen if each != f"request {path.as_uri()}"]
