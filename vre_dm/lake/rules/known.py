"""Why a file does not arrive: error texts of Rucio, transfer services and storages in plain words."""

import re

from vre_dm.lake.rules import texts_rucio, texts_storage, texts_transfer
from vre_dm.lake.rules.causes import Cause, Who
from vre_dm.lake.tables import clean

KNOWN = (*texts_rucio.TEXTS, *texts_transfer.TEXTS, *texts_storage.TEXTS)
"""Every known text; of two that fit the earlier one counts."""

_PATTERNS = [(re.compile(entry.pattern, re.IGNORECASE), entry.cause) for entry in KNOWN]
_KIND = re.compile(r"^(\[TAPE SOURCE\] )?(Request(ErrMsg|State)\.\w+:?)+ ?")  # Rucio's mark of a text's kind
_LONGEST = 160
_STEP = "a boost tries again; if that does not help, send them the rule's id"


def explain(text: str) -> Cause:
    """Cause behind an error text; where nobody knows it, the text itself and the lake's admins.

    Parameters
    ----------
    text
        What Rucio keeps: of a rule, at most 245 characters. Repairs that fail add theirs behind a ``|``, so
        the last part that is known counts.
    """
    parts = [" ".join(part.split()) for part in text.split("|")]
    for part in reversed(parts):
        for pattern, cause in _PATTERNS:
            if pattern.search(part):
                return cause
    said = clean(_KIND.sub("", parts[-1]).strip(), _LONGEST)
    why = f"the lake says: {said}" if said else "the lake does not say why"
    return Cause(why, Who.LAKE, _STEP)
