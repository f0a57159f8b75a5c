"""What Rucio itself writes into a rule or a request that fails, and what it means."""

from vre_dm.lake.rules.causes import RETRIES, Cause, Known, Who

_RUCIO = "rucio/rucio 41.5.1, lib/rucio/"
_RULE, _REQUEST = f"{_RUCIO}core/rule.py", f"{_RUCIO}core/request.py (get_transfer_error)"
_SELECTOR, _EXPRESSION = f"{_RUCIO}core/rse_selector.py", f"{_RUCIO}core/rse_expression_parser.py"

TEXTS = (
    Known(
        r"MissingSourceReplica",
        Cause(
            "where the rule wants to copy from there is no copy of some files, or it may not write there",
            Who.YOU,
            "make a rule without a source of its own",
        ),
        _RULE,
    ),
    Known(
        r"ONLY_TAPE_SOURCES",
        Cause(
            "the only copies are on tape, from where this lake does not copy by itself",
            Who.LAKE,
            "ask them to bring the data to disk",
        ),
        _REQUEST,
    ),
    Known(
        r"NO_SOURCES",
        Cause(
            "no copy can be read now: there is none, its storage is switched off, or cannot reach this one",
            Who.SOURCE,
            f"ask when the storage that has a copy is back; {RETRIES}",
        ),
        _REQUEST,
    ),
    Known(
        r"Too long time in submitting state",
        Cause("the lake did not manage to order the transfer", Who.LAKE, RETRIES),
        _REQUEST,
    ),
    Known(
        r"SUBMISSION_FAILED",
        Cause("the transfer service did not take the order", Who.LAKE, RETRIES),
        _REQUEST,
    ),
    Known(
        r"Transfer job on FTS is lost",
        Cause("the transfer service lost the order", Who.NOBODY, RETRIES),
        _REQUEST,
    ),
    Known(
        r"MISMATCH_SCHEME",
        Cause(
            "the storages share no protocol for copies between them",
            Who.LAKE,
            "move the rule to another storage element, or tell them",
        ),
        _REQUEST,
    ),
    Known(
        r"insufficient quota on any of the target|not enough quota left",
        Cause(
            "your quota there is used up",
            Who.YOU,
            "delete rules you no longer need, or ask for more, then boost this one",
        ),
        _SELECTOR,
    ),
    Known(
        r"insufficient space on any of the target|Quota of Referenced RSE is exceeded",
        Cause(
            "the lake's share of the storage is full",
            Who.DESTINATION,
            "ask them for space, or move the rule to another storage element",
        ),
        _SELECTOR,
    ),
    Known(
        r"not enough target RSEs|Target RSE set not sufficient",
        Cause(
            "fewer storage elements fit than copies are wanted",
            Who.YOU,
            "move the rule to an expression that fits more, or make one with fewer copies",
        ),
        _SELECTOR,
    ),
    Known(
        r"RSE excluded; not available for writing",
        Cause(
            "the storage is switched off for writing",
            Who.DESTINATION,
            "ask when it is back, or move the rule to another storage element",
        ),
        _EXPRESSION,
    ),
    Known(
        r"RSE Expression resulted in an empty set|RSE expression is considered invalid",
        Cause(
            "no storage element fits the rule any more",
            Who.YOU,
            "move the rule to one that exists",
        ),
        _EXPRESSION,
    ),
    Known(
        r"stuck locks on RSEs not matching target expression",
        Cause(
            "some of its files were to go to a storage element that no longer fits the rule",
            Who.YOU,
            "delete the rule and make it anew, or move it",
        ),
        _RULE,
    ),
    Known(
        r"non-number specified for the weight",
        Cause("a storage element has a weight that is no number", Who.LAKE, "tell them the rule's id"),
        _SELECTOR,
    ),
    Known(
        r"Unused hop in multi-hop",
        Cause(
            "an earlier leg of a transfer over several storages failed",
            Who.NOBODY,
            RETRIES,
        ),
        f"{_RUCIO}transfertool/fts3.py",
    ),
)
