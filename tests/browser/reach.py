"""Geometry: what of a part of the page a user cannot reach or read."""

from typing import Any

from playwright.sync_api import Page

# Each control is scrolled to, and must then be what the mouse finds there; each text is seen whole, or the
# mouse tells it.
_FAULTS = """selector => {
  const place = document.querySelector(selector), faults = []
  const say = (what, element) => faults.push(`${what}: ${element.outerHTML.slice(0, 200)}`)
  const box = element => element.getBoundingClientRect()
  const seen = element => element.checkVisibility({ visibilityProperty: true }) && box(element).width > 1
  const all = wanted => [...place.querySelectorAll(wanted)].filter(seen)
  const sideways = element => {
    for (let each = element; each !== place; each = each.parentElement) {
      const { overflowX } = getComputedStyle(each)
      if (["auto", "scroll"].includes(overflowX) && each.scrollWidth > each.clientWidth) {
        return true
      }
    }
    return false
  }
  // Scrolled as no user can.
  const pushed = element => {
    for (let each = element.parentElement; each; each = each.parentElement) {
      const { overflowX, overflowY } = getComputedStyle(each)
      const [x, y] = [each.scrollLeft && overflowX === "hidden", each.scrollTop && overflowY === "hidden"]
      if (x || y) {
        each.scrollTo(0, 0)
        return true
      }
    }
    return false
  }
  const isOut = element =>
    box(element).left < box(place).left - 1 || box(element).right > box(place).right + 1
  const controls = all('button, input, select, textarea, a, summary, [tabindex="0"]')
  for (const control of controls.filter(each => each.tabIndex >= 0 && !each.closest(".vre-handles"))) {
    control.scrollIntoView({ block: "center" })
    if (pushed(control)) {
      say("out of reach", control)
      continue
    }
    const { left, top, width, height } = box(control)
    for (const [x, y] of [[0.5, 0.5], [0.2, 0.3], [0.8, 0.3], [0.2, 0.7], [0.8, 0.7]]) {
      const found = document.elementFromPoint(left + x * width, top + y * height)
      if (!control.contains(found)) {
        say(`covered by ${found?.outerHTML.slice(0, 80)}`, control)
        break
      }
    }
    if (isOut(control)) {
      say("reaches out", control)
    }
  }
  for (const text of all("*")) {
    if (![...text.childNodes].some(node => node.nodeType === Node.TEXT_NODE && node.data.trim())) {
      continue
    }
    const { overflowX, overflowY, display } = getComputedStyle(text)
    const narrow = ["hidden", "clip"].includes(overflowX) && text.scrollWidth > text.clientWidth + 1
    const flat = text.clientHeight < 14 && text.scrollHeight > text.clientHeight + 2
    const low = flat || ["hidden", "clip"].includes(overflowY) && text.scrollHeight > text.clientHeight + 2
    if (display !== "inline" && (narrow || low) && !text.closest("[title]")) {
      say("cut", text)
    } else if (isOut(text) && !sideways(text) && !text.closest("[title]")) {
      say("reaches out", text)
    }
  }
  return faults
}"""


def faults(page: Page, selector: str) -> Any:
    """What is covered, cut, or lies outside of the part that it belongs to."""
    return page.evaluate(_FAULTS, selector)
