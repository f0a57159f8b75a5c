"""The complete HTML document of an overlay: BokehJS, the renderer and the data inside, nothing fetched."""

from __future__ import annotations

import base64
import hashlib
from html import escape
from importlib.resources import files
from io import BytesIO

from bokeh.resources import Resources

from vre_dm.limits.display import table_html
from vre_dm.limits.plot import figure
from vre_dm.limits.plot.model import Model
from vre_dm.limits.plot.payload import embedded

SHOWN = (
    "experiment",
    "year",
    "kind",
    "CL",
    "assumptions",
    "reference",
    "provenance",
    "licence",
    "facts known",
)
# Many curves are smaller as pixels than as vertices.
LARGEST_PICTURE = 150_000
RENDERER = "static/overlay.js"
START = """
const model = JSON.parse(document.getElementById("model").textContent)
globalThis.vreDmLimits.draw(document.getElementById("plot"), model)
"""
# The document may run exactly the scripts it was written with, and may ask no host for anything.
POLICY = (
    "default-src 'none'; script-src {hashes}; style-src 'unsafe-inline'; img-src data: blob:; "
    "font-src data:; base-uri 'none'; form-action 'none'"
)
DOCUMENT = """<!DOCTYPE html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta http-equiv="Content-Security-Policy" content="{policy}">
<meta name="viewport" content="width=device-width">
<meta name="color-scheme" content="{scheme}">
<title>{title}</title>
<style>
body {{ margin: 8px; font: 14px system-ui, sans-serif; --vre-height: max(480px, 100vh - 190px) }}
h1 {{ position: absolute; width: 1px; height: 1px; overflow: hidden; clip-path: inset(50%) }}
table {{ border-collapse: collapse }} th, td {{ padding: 2px 8px; vertical-align: top }}
</style>
</head>
<body>
<main>
<h1>{title}</h1>
<div id="plot"></div>
<noscript>{picture}{table}</noscript>
</main>
<script type="application/json" id="model">{data}</script>
{scripts}
</body>
</html>
"""


def page(model: Model) -> str:
    """Write a complete HTML document that needs no network.

    Parameters
    ----------
    model
        The plot.
    """
    scripts = [*Resources(mode="inline", components=["bokeh"]).js_raw, _renderer(), START]
    scripts = [_inert(script) for script in scripts]
    themes = {"auto": "light dark", "light": "light", "dark": "dark"}
    return DOCUMENT.format(
        policy=POLICY.format(hashes=" ".join(_hash(script) for script in scripts)),
        scheme=themes[model["theme"]],
        title=escape(model["title"] or "Limits"),
        picture=_picture(model),
        table=curves_table(model),
        data=embedded(model),
        scripts="\n".join(f"<script>{script}</script>" for script in scripts),
    )


def curves_table(model: Model) -> str:
    """Text alternative of the plot, one curve a row."""
    rows = [(line["label"], *(line["text"][key] for key in SHOWN)) for line in model["curves"]]
    return table_html(("curve", *SHOWN), rows)


def _renderer() -> str:
    return (files("vre_dm.limits.plot") / RENDERER).read_text(encoding="utf-8")


def _inert(script: str) -> str:
    """Keep a script from ending its own element; in strings and regular expressions this changes nothing."""
    # A browser reads every line end as \n before it takes the checksum.
    return script.replace("\r\n", "\n").replace("\r", "\n").replace("</script", "<\\/script")


def _hash(script: str) -> str:
    digest = hashlib.sha256(script.encode()).digest()
    return f"'sha256-{base64.b64encode(digest).decode()}'"


def _picture(model: Model) -> str:
    """Show where no script runs."""
    form, data = "svg+xml", figure.render(model, "svg")
    if len(data) > LARGEST_PICTURE:
        form, data = "png", _few_colours(figure.render(model, "png"))
    names = ", ".join(escape(line["label"]) for line in model["curves"])
    source = f"data:image/{form};base64,{base64.b64encode(data).decode()}"
    return f'<img alt="Limit plot of {names}" width="100%" src="{source}">'


def _few_colours(png: bytes) -> bytes:
    """Write the same picture with 64 colours, in a third of the room."""
    from PIL import Image

    buffer = BytesIO()
    with Image.open(BytesIO(png)) as picture:
        picture.convert("RGB").quantize(64).save(buffer, format="png", optimize=True)
    return buffer.getvalue()
