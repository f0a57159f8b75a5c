"""Clocks in the page, from a key, a click or by the wall to the frame after something is there; its heap."""

from playwright.sync_api import Locator, Page

# Starts with the first trusted key or click after it was set; rows that stood there before must go first.
_SET = """([rows, least]) => {
  const shown = () => document.querySelectorAll(rows).length
  globalThis.clocked = new Promise(done => {
    const began = event => {
      for (const kind of ["keydown", "mousedown"]) removeEventListener(kind, began, true)
      let gone = shown() < least
      const look = () => {
        gone ||= shown() < least
        if (gone && shown() >= least) {
          requestAnimationFrame(() => setTimeout(() => done(performance.now() - event.timeStamp)))
        } else requestAnimationFrame(look)
      }
      look()
    }
    for (const kind of ["keydown", "mousedown"]) addEventListener(kind, began, true)
  })
}"""
_SIGHT = """selector => {
  globalThis.sighted = new Promise(done => {
    const look = () => document.querySelector(selector)
      ? requestAnimationFrame(() => setTimeout(() => done(Date.now()))) : requestAnimationFrame(look)
    look()
  })
}"""
_LONG = """() => {
  globalThis.longest = 0
  new PerformanceObserver(list => {
    for (const task of list.getEntries()) longest = Math.max(longest, task.duration)
  }).observe({ type: "longtask" })
}"""


def set_clock(page: Page, rows: str, least: int = 1) -> None:
    """Wait from the next key or click on until so many elements of a selector are there."""
    page.evaluate(_SET, [rows, least])


def read_clock(page: Page) -> float:
    """Seconds that it took."""
    return float(page.evaluate("() => globalThis.clocked")) / 1e3


def clicked(target: Locator, rows: str, least: int = 1) -> float:
    """Seconds from a click to the rows."""
    target.scroll_into_view_if_needed()
    set_clock(target.page, rows, least)
    target.click()
    return read_clock(target.page)


def pressed(target: Locator, key: str, rows: str, least: int = 1) -> float:
    """Seconds from a key to the rows."""
    target.focus()
    set_clock(target.page, rows, least)
    target.page.keyboard.press(key)
    return read_clock(target.page)


def set_sight(page: Page, selector: str) -> None:
    """Wait from now on until such an element is there."""
    page.evaluate(_SIGHT, selector)


def read_sight(page: Page) -> float:
    """When it was, in unix seconds."""
    return float(page.evaluate("() => globalThis.sighted")) / 1e3


def heap(page: Page) -> float:
    """Megabytes of JavaScript that are in use."""
    session = page.context.new_cdp_session(page)
    session.send("HeapProfiler.collectGarbage")
    used = session.send("Runtime.getHeapUsage")["usedSize"] / 1e6
    session.detach()
    return float(used)


def watch_tasks(page: Page) -> None:
    """Note tasks over 50 ms, which the browser calls long, from now on."""
    page.evaluate(_LONG)


def longest_task(page: Page) -> float:
    """Seconds of the longest one; 0 if there was none."""
    return float(page.evaluate("() => longest")) / 1e3
