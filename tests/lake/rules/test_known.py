"""Error texts as Rucio, FTS and the storages write them get a cause and somebody who can act."""

import re

import pytest
from hypothesis import given
from hypothesis import strategies as st

from vre_dm.lake.rules.causes import Who
from vre_dm.lake.rules.known import KNOWN, explain

_FTS = "RequestErrMsg.TRANSFER_FAILED:"
# Text as its program writes it -> words of the cause, and who can act.
TEXTS = [
    # Rucio: core/rule.py, core/request.py, core/rse_selector.py, core/rse_expression_parser.py, fts3.py
    ("MissingSourceReplica", "there is no copy of some files", Who.YOU),
    ("RequestErrMsg.NO_SOURCES:RequestState.NO_SOURCES", "no copy can be read now", Who.SOURCE),
    ("RequestErrMsg.NO_SOURCES:RequestState.ONLY_TAPE_SOURCES", "only copies are on tape", Who.LAKE),
    ("RequestErrMsg.SUBMISSION_FAILED:RequestState.SUBMISSION_FAILED", "did not take the order", Who.LAKE),
    ("RequestErrMsg.SUBMISSION_FAILED:Too long time in submitting state", "manage to order", Who.LAKE),
    ("RequestErrMsg.TRANSFER_FAILED:Transfer job on FTS is lost", "lost the order", Who.NOBODY),
    ("RequestErrMsg.MISMATCH_SCHEME:RequestState.MISMATCH_SCHEME", "share no protocol", Who.LAKE),
    (
        "There is not enough quota left to fulfil the operation.\nDetails: There is insufficient quota "
        "on any "
        "of the target RSE's to fulfill the operation.",
        "your quota",
        Who.YOU,
    ),
    (
        "Quota of Referenced RSE is exceeded.\nDetails: There is insufficient space on any of the target "
        "RSE's",
        "share of the storage is full",
        Who.DESTINATION,
    ),
    (
        "There are not enough target RSEs to fulfil the request at this time.\nDetails: Target RSE set not "
        "sufficient for number of copies. (2 copies requested, RSE set size 1)",
        "fewer storage elements fit",
        Who.YOU,
    ),
    ("RSE excluded; not available for writing.", "switched off for writing", Who.DESTINATION),
    (
        "Provided RSE expression is considered invalid.\nDetails: RSE Expression resulted in an empty set.",
        "no storage element fits the rule any more",
        Who.YOU,
    ),
    (
        "Found stuck locks on RSEs not matching target expression: CNAF-STORM (2)",
        "no longer fits the rule",
        Who.YOU,
    ),
    (
        "An invalid weight value/type is used for an RSE.\nDetails: The RSE 'X' has a non-number "
        "specified for "
        "the weight 'w'",
        "weight that is no number",
        Who.LAKE,
    ),
    (f"{_FTS}Unused hop in multi-hop", "an earlier leg", Who.NOBODY),
    # FTS, gfal2, davix: the files named in texts_transfer.py; CRABServer issue 9363 and pull request 9400
    (
        f"{_FTS}SOURCE [5] Source and user-defined ADLER32 checksum do not match (0a1b2c3d != 11111111)",
        "file at the source is not the registered one",
        Who.SOURCE,
    ),
    (
        f"{_FTS}DESTINATION [5] User-defined and destination ADLER32 checksum do not match (1 != 2)",
        "damaged on its way",
        Who.NOBODY,
    ),
    (f"{_FTS}DESTINATION [22] Source and destination file size mismatch", "fewer or more bytes", Who.NOBODY),
    (
        f"{_FTS}DESTINATION [17] Destination file exists and overwrite is not enabled",
        "a file of that name is at the destination",
        Who.DESTINATION,
    ),
    (
        f"{_FTS}DESTINATION [17] Destination file exists and is on tape",
        "a file of that name is at the destination",
        Who.DESTINATION,
    ),
    (
        f"{_FTS}Job has been canceled because it stayed in the queue for too long (max-time-in-queue "
        "timeout)",
        "too much to do",
        Who.NOBODY,
    ),
    (
        f"[TAPE SOURCE] {_FTS}Transfer has been forced-canceled because it has been in staging started state "
        "beyond its bringonline timeout",
        "tape robot at the source",
        Who.SOURCE,
    ),
    (
        f"{_FTS}Transfer has been forced-canceled because it has been in ARCHIVING state beyond its archive "
        "timeout",
        "not written to tape",
        Who.DESTINATION,
    ),
    (f"{_FTS}Transfer has been forced-killed because it was stalled", "hung and was ended", Who.NOBODY),
    (
        f"{_FTS}Transfer has been forced-canceled because host fts01 is offline and the transfer is still "
        "assigned to it",
        "machine of the transfer service went down",
        Who.NOBODY,
    ),
    (f"{_FTS}Transfer process died with: #0 0x7f", "crashed on this file", Who.LAKE),
    (f"{_FTS}Transfer canceled by the user", "somebody cancelled", Who.YOU),
    (
        f"{_FTS}TRANSFER [110] Transfer canceled because the gsiftp performance marker timeout of 360 "
        "seconds "
        "has been exceeded, or all performance markers during that period indicated zero bytes transferred",
        "no bytes for too long",
        Who.NOBODY,
    ),
    (
        f"{_FTS}TRANSFER [5] TRANSFER ERROR: Copy failed (3rd pull). Last attempt: copy HTTP 507 : "
        "Insufficient Storage",
        "destination is full",
        Who.DESTINATION,
    ),
    (f"{_FTS}SOURCE [13] HTTP 401 : Authentication Error", "did not accept the login", Who.LAKE),
    (f"{_FTS}SOURCE [1] HTTP 403 : Permission refused", "source does not let the lake read", Who.SOURCE),
    (
        f"{_FTS}DESTINATION [1] HTTP 403 : Permission refused",
        "destination does not let the lake write",
        Who.DESTINATION,
    ),
    (
        f"{_FTS}TRANSFER [1] TRANSFER ERROR: Copy failed (3rd pull). Last attempt: copy HTTP 403 : "
        "Permission refused",
        "refused access to the other",
        Who.LAKE,
    ),
    (f"{_FTS}SOURCE [2] HTTP 404 : File not found", "file is not at the source", Who.SOURCE),
    (
        f"{_FTS}DESTINATION [2] DESTINATION MAKE_PARENT HTTP 404 : File not found",
        "could not make the folder",
        Who.DESTINATION,
    ),
    (
        f"{_FTS}DESTINATION [112] Result curl error (7): Couldn't connect to server after 3 attempts",
        "is down or cannot be reached",
        Who.NOBODY,
    ),
    (
        f"{_FTS}DESTINATION [112] Result curl error (60): SSL peer certificate or SSH remote key was not OK",
        "does not trust the certificate",
        Who.LAKE,
    ),
    (
        f"{_FTS}SOURCE [112] Result curl error (56): Failure when receiving data from the peer after 1 "
        "attempts",
        "cut the connection",
        Who.NOBODY,
    ),
    (
        f"{_FTS}SOURCE [110] Result curl error (28): Timeout was reached after 3 attempts",
        "no bytes for too long",
        Who.NOBODY,
    ),
    (
        f"{_FTS}TRANSFER [5] TRANSFER ERROR: Copy failed (3rd pull). Last attempt: copy HTTP 500 : "
        "Unexpected "
        "server error: 500",
        "internal error",
        Who.NOBODY,
    ),
    # dCache, XRootD, StoRM, EOS: the files named in texts_storage.py
    ("Last attempt: Transfer failure: Disk quota exceeded", "quota on that storage", Who.DESTINATION),
    ("451 operation failed: All pools are full", "destination is full", Who.DESTINATION),
    (
        "Unable to create file - disk space (headroom) exceeded fn= /eos/x; No space left on device",
        "destination is full",
        Who.DESTINATION,
    ),
    (
        "Unable to open - target size violates maximum allowed filesize /eos/x",
        "no files of this size",
        Who.DESTINATION,
    ),
    ("[3019] Checksum is invalid", "damaged on its way", Who.NOBODY),
    ("[3011] File or object not found", "file is not at the source", Who.SOURCE),
    ("452 No write pool available", "takes no files now", Who.DESTINATION),
    ("552 No read pool configured for this transfer", "disk server at the source", Who.SOURCE),
    ("File is not online.", "on tape and was not brought to disk", Who.SOURCE),
    (
        "failure: Transfer failed because no bytes have been received from the source (pull mode) in 60 "
        "seconds., local=/x, remote=https://y",
        "no bytes for too long",
        Who.NOBODY,
    ),
    ("[3010] Request not authorized", "did not accept the rights", Who.LAKE),
    ("[3024] Server is overloaded", "too much to do", Who.NOBODY),
    (
        "Remote file exists and overwrite is false",
        "a file of that name is at the destination",
        Who.DESTINATION,
    ),
    ("[3018] Target exists", "a file of that name is at the destination", Who.DESTINATION),
    ("Third party transfer error: 502 Bad Gateway", "broke off", Who.NOBODY),
    # The embedded lake's transfer tool
    ("the source holds no file at file://localhost/x", "file is not at the source", Who.SOURCE),
    (
        "the source's file at file:///x has 3 bytes and adler32 00000001, registered are 4 and 00000002",
        "its size or checksum differs",
        Who.SOURCE,
    ),
]


@pytest.mark.parametrize(("text", "why", "who"), TEXTS)
def test_a_text_is_explained(text: str, why: str, who: Who) -> None:
    cause = explain(text)
    assert why in cause.why
    assert cause.who is who
    assert cause.step


def test_every_explanation_can_be_reached_and_says_where_its_text_was_read() -> None:
    used = [next(e for e in KNOWN if re.search(e.pattern, text, re.IGNORECASE)) for text, _, _ in TEXTS]
    assert [entry.pattern for entry in KNOWN if entry not in used] == []
    assert all(re.search(r"/|issue \d+", entry.source) for entry in KNOWN)


def test_a_next_step_is_told_in_words_that_a_click_and_a_call_both_understand() -> None:
    steps = [entry.cause.step for entry in KNOWN] + [explain("something new").step]
    assert [step for step in steps if re.search(r"\(\)|--\w", step)] == []


def test_the_last_of_several_failures_counts() -> None:
    repaired = "the source holds no file at file:///x|There is insufficient quota on any of the target RSE's"
    assert explain(repaired).who is Who.YOU
    assert explain("the source holds no file at file:///x|something new").who is Who.SOURCE


def test_a_text_that_was_cut_is_still_understood() -> None:
    assert explain((TEXTS[27][0] + "x" * 300)[:245] + "...").why == explain(TEXTS[27][0]).why


def test_an_unknown_text_is_shown_and_nothing_is_guessed() -> None:
    cause = explain("RequestErrMsg.OTHER:  <b>42\x1b[31m\n things")
    assert cause.why == r"the lake says: <b>42\x1b[31m things"
    assert cause.who is Who.LAKE
    assert explain("").why == "the lake does not say why"
    assert len(explain("y" * 5000).why) < 200


@given(st.text(max_size=400))
def test_any_text_becomes_one_line(text: str) -> None:
    assert explain(text).why.isprintable()
