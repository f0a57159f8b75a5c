"""What transfer services (FTS, and gfal2 and davix below it) write when a copy fails, and what it means.

FTS puts the side in front: ``SOURCE [2] …``, ``DESTINATION [17] …``, ``TRANSFER [5] …``.
"""

from vre_dm.lake.rules.causes import RETRIES, Cause, Known, Who

_FTS = "cern-fts/fts3 at e0a7e05, src/"
_COPY = f"{_FTS}url-copy/UrlCopyProcess.cpp"
_SANITY = f"{_FTS}db/mysql/SanityChecks.cpp"
_GFAL = "cern-fts/gfal2 at e301920, src/"
_DAVIX = "cern-fts/davix at 3054c82, src/request/httprequest.cpp"
_CURL = "https://curl.se/libcurl/c/libcurl-errors.html; dmwm/CRABServer issue 9363"

_DAMAGED = Cause(
    "the file at the source is not the registered one: its checksum differs",
    Who.SOURCE,
    "tell them (and the owner of the data) to declare that copy bad",
)
_GARBLED = Cause("the file was damaged on its way and was not kept", Who.NOBODY, RETRIES)
_IN_THE_WAY = Cause(
    "a file of that name is at the destination already, unknown to the lake",
    Who.DESTINATION,
    "ask them, or the admins of the lake, to check and remove it",
)
_SILENT = Cause("the connection between the storages gave no bytes for too long", Who.NOBODY, RETRIES)

TEXTS = (
    Known(
        r"Source and user-defined \w+ checksum do not match|User.?defined checksum and source checksum"
        r"|Source checksum and user-specified checksum|USER_DEFINE and SRC checksums",
        _DAMAGED,
        f"{_COPY}; {_GFAL}plugins/srm/gfal_srm_copy.c, plugins/gridftp/gridftp_filecopy.cpp",
    ),
    Known(
        r"checksums? do not match|CHECKSUM MISMATCH|DST checksums? (is|are) different",
        _GARBLED,
        f"{_COPY}; {_GFAL}core/transfer/gfal_transfer_plugins.h",
    ),
    Known(
        r"file size mismatch|SIZE MISMATCH",
        Cause("fewer or more bytes arrived than the file has, and were not kept", Who.NOBODY, RETRIES),
        f"{_COPY}; {_GFAL}core/transfer/gfal_transfer_plugins.h",
    ),
    Known(
        r"Destination file exists and|DESTINATION OVERWRITE|File exists and overwrite|HTTP 409 : Conflict",
        _IN_THE_WAY,
        f"{_COPY}; {_DAVIX}; rucio/rucio issues 4447 and 7080; italiangrid/storm-webdav at f9ae714 "
        "(HttpTransferClient.java)",
    ),
    Known(
        r"stayed in the queue for too long",
        Cause("the transfer service had too much to do and gave the order up", Who.NOBODY, RETRIES),
        f"{_FTS}db/mysql/MySqlAPI.cpp; dmwm/CRABServer issue 9363",
    ),
    Known(
        r"staging started state beyond its bringonline timeout",
        Cause(
            "the tape robot at the source did not deliver the file in time",
            Who.SOURCE,
            f"ask them whether the tape can be read; {RETRIES}",
        ),
        _SANITY,
    ),
    Known(
        r"ARCHIVING state beyond its archive timeout",
        Cause("the file arrived but was not written to tape in time", Who.DESTINATION, RETRIES),
        _SANITY,
    ),
    Known(
        r"because it was stalled|No FTS server has updated the transfer status",
        Cause("the transfer hung and was ended by the transfer service", Who.NOBODY, RETRIES),
        f"{_FTS}server/services/transfers/CancelerService.cpp",
    ),
    Known(
        r"forced-canceled because host .* is offline",
        Cause("a machine of the transfer service went down", Who.NOBODY, RETRIES),
        _SANITY,
    ),
    Known(
        r"Transfer process died|terminate handler called",
        Cause("the transfer service crashed on this file", Who.LAKE, RETRIES),
        f"{_FTS}url-copy/main.cpp, server/services/transfers/MessageProcessingService.cpp",
    ),
    Known(
        r"Transfer cancell?ed by the user|TRANSFER \[125\] Transfer canceled",
        Cause("somebody cancelled the transfer", Who.YOU, "a boost orders it again"),
        f"{_COPY}; {_SANITY}",
    ),
    Known(
        r"performance marker timeout",
        _SILENT,
        f"{_GFAL}plugins/gridftp/gridftp_filecopy.cpp",
    ),
    Known(
        r"HTTP 507|Insufficient Storage|SRM_NO_FREE_SPACE",
        Cause(
            "the storage at the destination is full",
            Who.DESTINATION,
            "ask them for space, or move the rule to another storage element",
        ),
        f"{_DAVIX}; {_FTS}url-copy/heuristics.cpp; dmwm/CRABServer issue 9363",
    ),
    Known(
        r"HTTP 401|Authentication Error|SRM_AUTHENTICATION_FAILURE|SRM Authentication failed|proxy expired"
        r"|certificate has expired|CRL has expired",
        Cause(
            "a storage did not accept the login of the transfer service", Who.LAKE, "tell them; " + RETRIES
        ),
        f"{_DAVIX}; {_FTS}url-copy/heuristics.cpp",
    ),
    Known(
        r"SOURCE \[\d+\].*(Permission (refused|denied)|HTTP 403)|SOURCE \[(1|13)\]",
        Cause("the source does not let the lake read the file", Who.SOURCE, f"tell them; {RETRIES}"),
        f"{_DAVIX}; dmwm/CRABServer issue 9363",
    ),
    Known(
        r"DESTINATION \[\d+\].*(Permission (refused|denied)|HTTP 403)|DESTINATION \[(1|13)\]",
        Cause("the destination does not let the lake write", Who.DESTINATION, f"tell them; {RETRIES}"),
        f"{_DAVIX}; dmwm/CRABServer issue 9363",
    ),
    Known(
        r"HTTP 403|Permission (refused|denied)",
        Cause("one of the two storages refused access to the other", Who.LAKE, f"tell them; {RETRIES}"),
        f"{_DAVIX}; dmwm/CRABServer pull request 9400",
    ),
    Known(
        r"SOURCE \[2\]|(SOURCE|TRANSFER) \[\d+\].*(HTTP 404|File not found|No such file|SRM_INVALID_PATH)",
        Cause(
            "the file is not at the source, though the lake lists it there",
            Who.SOURCE,
            "tell them (and the owner of the data) that the copy is lost",
        ),
        f"{_DAVIX}; {_FTS}url-copy/heuristics.cpp",
    ),
    Known(
        r"DESTINATION \[\d+\].*(MAKE_PARENT|mkdir|No such file|HTTP 404|SRM_INVALID_PATH)",
        Cause(
            "the destination could not make the folder for the file", Who.DESTINATION, f"tell them; {RETRIES}"
        ),
        f"{_GFAL}core/transfer/gfal_transfer_plugins.h; {_DAVIX}",
    ),
    Known(
        r"curl error \((6|7)\)|Name or service not known|could not open connection to|Connection refused"
        r"|No route to host",
        Cause("one of the two storages is down or cannot be reached", Who.NOBODY, RETRIES),
        f"{_CURL}; {_FTS}url-copy/heuristics.cpp",
    ),
    Known(
        r"curl error \((35|51|58|60|77)\)|certificate verify failed",
        Cause(
            "one of the two storages does not trust the certificate of the other",
            Who.LAKE,
            f"tell them; {RETRIES}",
        ),
        _CURL,
    ),
    Known(
        r"curl error \((18|52|55|56)\)|end.of.file (was reached|occurred)|Connection reset|Broken pipe",
        Cause("a storage cut the connection in the middle of the transfer", Who.NOBODY, RETRIES),
        f"{_CURL}; {_FTS}url-copy/heuristics.cpp",
    ),
    Known(
        r"curl error \(28\)|timed out|operation timeout|HTTP (408|504)",
        _SILENT,
        f"{_CURL}; {_DAVIX}; {_FTS}url-copy/heuristics.cpp",
    ),
    Known(
        r"Unexpected server error: 5\d\d|SRM_INTERNAL_ERROR|HTTP 50[0-3]",
        Cause("one of the two storages had an internal error", Who.NOBODY, RETRIES),
        f"{_DAVIX}; {_FTS}url-copy/heuristics.cpp",
    ),
)
