"""The extension as a user drives it: every part is found by what it is and what it is called."""

import re
from typing import Any

from playwright.sync_api import Locator, Page, expect

PATIENT = 60_000  # ms; the machine may be busy


class Panel:
    """The side bar panel "Data lake", and what the user works with beside it."""

    def __init__(self, page: Page) -> None:
        self.page = page
        self.place = page.get_by_role("region", name="Data lake")
        self.tree = page.get_by_role("tree", name="Data lake")
        self.hits = page.get_by_role("listbox", name="Search results")
        self.jobs = page.get_by_role("list", name="Jobs")

    def open(self) -> "Panel":
        """Open it by its tab, unless it is open."""
        if not self.place.is_visible():
            self.page.get_by_role("tab", name="Data lake").click()
        expect(self.row("fermi, scope")).to_be_visible()
        return self

    def row(self, text: str) -> Locator:
        """A row of the tree, by its name or by more of what a screen reader says of it."""
        return self.tree.get_by_role("treeitem", name=re.compile(f"^{re.escape(text)}(,|$)"))

    def expand(self, *names: str) -> Locator:
        """Open one row after the other by keyboard; gives the last."""
        row = self.tree
        for name in names:
            row = self.row(name)
            row.click()
            if row.get_attribute("aria-expanded") == "false":
                self.page.keyboard.press("ArrowRight")
            expect(row).to_have_attribute("aria-expanded", "true")
        return row

    def filter(self, text: str) -> None:
        """Show only rows with this in their names: the lake may hold more than a screen of others."""
        self.place.get_by_role("searchbox", name="Filter what is open in the tree").fill(text)

    def section(self, title: str) -> Locator:
        """A section of the panel, opened."""
        head = self.place.get_by_role("heading", name=f"{title} Section")
        if head.get_attribute("aria-expanded") == "false":
            head.click()
        return self.place.get_by_role("region", name=f"{title} Section")

    def close(self, title: str) -> None:
        """Close a section, unless it is closed."""
        head = self.place.get_by_role("heading", name=f"{title} Section")
        if head.get_attribute("aria-expanded") == "true":
            head.click()

    def search(self, text: str) -> None:
        """Type into the search box and press Enter."""
        box = self.place.get_by_label("Name, scope:name")
        box.fill(text)
        box.press("Enter")

    def hit(self, did: str) -> Locator:
        """A result of the search."""
        return self.hits.get_by_role("option", name=re.compile(f"^{re.escape(did)},"))

    def job(self, did: str) -> Locator:
        """The last fetch of a DID in the list of jobs."""
        bar = self.page.get_by_role("progressbar", name=f"Fetch of {did}")
        return self.jobs.get_by_role("listitem").filter(has=bar).first

    def keep(self, did: str, rse: str) -> None:
        """Ask for copies for a day through the dialog."""
        self.command("vre-dm:keep-at", did=did)
        dialog = self.page.get_by_role("dialog")
        dialog.get_by_label("Storage element").fill(rse)
        dialog.get_by_label("Days").fill("1")
        dialog.get_by_role("button", name="Keep").click()

    def rule(self, did: str) -> Locator:
        """The rule on a DID in the table of rules."""
        return self.page.get_by_role("table", name="My rules").get_by_role("row").filter(has_text=did)

    def cell(self, text: str) -> Locator:
        """A cell of the open notebook whose source has this text."""
        return self.page.locator(".jp-Notebook .jp-CodeCell").filter(has_text=text)

    def write_below(self, source: str) -> None:
        """Run the cell in use, which makes one below, and write into that."""
        # Before its kernel stands, JupyterLab would ask for one.
        expect(self.page.get_by_role("button", name="| Idle")).to_be_visible()
        cells = self.page.locator(".jp-Notebook .jp-CodeCell")
        before = cells.count()
        self.page.keyboard.press("Shift+Enter")
        expect(cells).to_have_count(before + 1)
        cells.last.get_by_role("textbox").click()
        self.page.keyboard.insert_text(source)

    def told(self, text: str) -> Locator:
        """A notification."""
        return self.page.get_by_role("alert").filter(has_text=text)

    def hold_notifications(self) -> None:
        """Let those that come stay, as under the mouse, which else go after seconds."""
        self.page.add_style_tag(content=".Toastify__progress-bar { animation-play-state: paused !important }")

    def command(self, name: str, **arguments: Any) -> None:
        """Run a command as the palette or a menu does, where a story is not about finding it."""
        self.page.evaluate(
            "([name, given]) => void jupyterapp.commands.execute(name, given)", [name, arguments]
        )
