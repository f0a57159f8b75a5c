"""The browser below a cell: what its page asks is answered from threads; what is saved holds names only."""

import logging
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, Any

import anywidget
import traitlets
from IPython.core.error import UsageError

from vre_dm.did import Did
from vre_dm.errors import Busy, VreDmError
from vre_dm.lake.tables import clean, plural
from vre_dm.notebook.browser.fetching import Fetching
from vre_dm.notebook.browser.pages import PAGE, Pages
from vre_dm.notebook.display import Fetched
from vre_dm.pool import Pool

if TYPE_CHECKING:
    from vre_dm.lake.lake import Lake

_FOLDER = Path(__file__).parent
_SCRIPTS = ("questions.js", "tree.js", "browser.js")  # one module for the page, which could load no second
_AT_ONCE = 4  # questions that one browser puts to the lake at the same time
_WAITING = 200  # more than a page asks for that is scrolled in haste
_NAMED = 8  # scopes that the text names
_LOG = logging.getLogger(__name__)


class Browser(anywidget.AnyWidget):
    """A lake to look through, choose from and fetch from; made by `vre_dm.browser`.

    Parameters
    ----------
    lake
        What is browsed.
    target
        Folder for fetched files; the lake's cache folder when left out.

    Attributes
    ----------
    selected
        DIDs, as text, in the order in which they were chosen; may be set, and observed.
    """

    _esm = "\n".join(_FOLDER.joinpath(name).read_text(encoding="utf-8") for name in _SCRIPTS)
    _css = _FOLDER.joinpath("browser.css").read_text(encoding="utf-8")
    title = traitlets.Unicode(read_only=True).tag(sync=True)
    selected = traitlets.List(traitlets.Unicode()).tag(sync=True)

    def __init__(self, lake: "Lake", target: Path | str | None = None) -> None:
        self._lake, self._pages = lake, Pages(lake)
        self._fetching = Fetching(lake, target, lambda state: self.send({"fetch": state}))
        self._questions = Pool("the browser", _AT_ONCE, _WAITING)
        self._fetches = Pool("the browser", 2, _AT_ONCE)  # one that runs, and one that is told so
        self._scopes = self._pages.scopes()
        super().__init__()
        self.set_trait("title", f"Data lake {clean(lake.instance.name)}")
        self.on_msg(self._hear)

    @property
    def paths(self) -> Fetched:
        """Files of the last fetch that finished, each verified; empty before."""
        return Fetched(self._fetching.paths)

    @traitlets.validate("selected")
    def _checked(self, proposal: dict[str, Any]) -> list[str]:
        return _dids(proposal["value"])

    def __repr__(self) -> str:
        names = [*self._scopes[:_NAMED], *(["…"] if len(self._scopes) > _NAMED else [])]
        held = f"{plural(len(self._scopes), 'scope')}: {', '.join(names)}" if names else "no scopes"
        chosen = f"\nselected: {', '.join(self.selected)}" if self.selected else ""
        return f"{self.title} ({self._lake.instance.url}), {held}.{chosen}\nRun the cell again to browse it."

    def _repr_mimebundle_(self, **options: Any) -> Any:
        """Offer the widget and, where there can be none, the text."""
        return super()._repr_mimebundle_(**options)

    def _hear(self, _: object, question: Any, __: object) -> None:
        if not isinstance(question, dict):
            self.send({"to": None, "error": "a question is an object with a word at ask"})
            return
        if question.get("ask") == "stop":
            self._answer(question)  # at once, however many wait
            return
        pool = self._fetches if question.get("ask") == "fetch" else self._questions
        try:
            pool.submit(partial(self._answer, question))
        except Busy as busy:
            self._reply(question, {"error": str(busy)})

    def _answer(self, question: dict[str, Any]) -> None:
        answer: dict[str, Any]
        try:
            answer = self._answered(question)
        except (VreDmError, UsageError) as error:
            answer = {"error": " ".join(str(error).split())}
        except Exception as error:  # a page that is not answered would wait for ever
            _LOG.exception("the browser could not answer")
            answer = {"error": f"something failed inside vre-dm: {type(error).__name__}; the log says more"}
        self._reply(question, answer)

    def _reply(self, question: dict[str, Any], answer: dict[str, Any]) -> None:
        self.send({"to": question.get("id"), **answer})

    def _answered(self, question: dict[str, Any]) -> dict[str, Any]:
        """Answer to one of five questions."""
        asked, of = question.get("ask"), str(question.get("of", ""))
        if asked == "fetch":
            # What the page shows as selected, which the kernel may not have been told yet.
            self._fetching.run(_dids(question.get("dids")))
            return {}
        if asked == "stop":
            self._fetching.stop()
            return {}
        if asked == "details":
            return self._pages.details(of)
        if question.get("anew"):
            self._pages.forget()
        page = self._pages.found if asked == "search" else self._pages.below
        return page(of, int(question.get("start", 0)), int(question.get("count", PAGE)))


def _dids(said: object) -> list[str]:
    """DIDs as text, each once; raises InvalidDid, or UsageError for what is no list."""
    if not isinstance(said, list):
        msg = "what is selected is a list of DIDs"
        raise UsageError(msg)
    return list(dict.fromkeys(str(Did.parse(str(did))) for did in said))
