"""What dCache, XRootD, StoRM, EOS and the embedded storages write when a copy fails, and what it means."""

from vre_dm.lake.rules.causes import RETRIES, Cause, Known, Who

_DCACHE = "dCache/dcache at 77340d6, modules/"
_XROOTD = "xrootd/xrootd at 4ec63a2, src/"
_CODES = f"{_XROOTD}XProtocol/XProtocol.cc"
_STORM = "italiangrid/storm-webdav at f9ae714, src/main/java/org/italiangrid/storm/webdav/"
_EOS = "cern-eos/eos at e63126c, fst/XrdFstOfsFile.cc"
_OURS = "vre_dm/sandbox/services/copying.py"
_WMCORE = "dmwm/CRABServer at 419cd95, src/python/ServerUtilities.py"

TEXTS = (
    Known(
        r"Disk quota exceeded|Quota exceeded",
        Cause(
            "the lake's quota on that storage is used up",
            Who.DESTINATION,
            "ask them for space, or move the rule to another storage element",
        ),
        f"{_CODES}; {_STORM}milton/StoRMFileResource.java; {_WMCORE}",
    ),
    Known(
        r"All pools (are )?full|Insufficient space|disk space \(headroom\) exceeded|No space left on device"
        r"|cannot allocate required space|not enough space|does not have enough space"
        r"|destination answered 507",
        Cause(
            "the storage at the destination is full",
            Who.DESTINATION,
            "ask them for space, or move the rule to another storage element",
        ),
        f"{_DCACHE}dcache-webdav/src/main/java/org/dcache/webdav/WebDavException.java; {_CODES}; {_EOS}; "
        f"{_WMCORE}",
    ),
    Known(
        r"violates maximum allowed filesize|exceeds the maximum file size setting",
        Cause("the storage takes no files of this size", Who.DESTINATION, "move the rule to another one"),
        _EOS,
    ),
    Known(
        r"source's file at .* registered are",
        Cause(
            "the file at the source is not the registered one: its size or checksum differs",
            Who.SOURCE,
            "tell them (and the owner of the data) to declare that copy bad",
        ),
        _OURS,
    ),
    Known(
        r"Checksum is invalid|Checksum mismatch|destination holds .* not the registered file",
        Cause("the file was damaged on its way and was not kept", Who.NOBODY, RETRIES),
        f"{_CODES}; {_OURS}; "
        f"{_DCACHE}dcache-vehicles/src/main/java/diskCacheV111/util/FileCorruptedCacheException.java",
    ),
    Known(
        r"source holds no file|source answered 404|File or object not found",
        Cause(
            "the file is not at the source, though the lake lists it there",
            Who.SOURCE,
            "tell them (and the owner of the data) that the copy is lost",
        ),
        f"{_CODES}; {_OURS}",
    ),
    Known(
        r"No write pool|Filesystem is read only",
        Cause(
            "the storage at the destination takes no files now",
            Who.DESTINATION,
            f"ask when it is back; {RETRIES}",
        ),
        f"{_DCACHE}dcache-ftp/src/main/java/org/dcache/ftp/door/AbstractFtpDoorV1.java; {_CODES}",
    ),
    Known(
        r"No read pool|Pool is disabled|File is unavailable",
        Cause("a disk server at the source is switched off", Who.SOURCE, f"ask when it is back; {RETRIES}"),
        f"{_DCACHE}dcache-ftp/src/main/java/org/dcache/ftp/door/AbstractFtpDoorV1.java, "
        "dcache/src/main/java/org/dcache/pool/classic/PoolV4.java",
    ),
    Known(
        r"not ONLINE|File is not online",
        Cause(
            "the copy is on tape and was not brought to disk",
            Who.SOURCE,
            f"that takes hours; {RETRIES}",
        ),
        f"{_DCACHE}dcache-srm/src/main/java/diskCacheV111/srm/dcache/PinCompanion.java; "
        "cern-fts/fts3 at e0a7e05, src/url-copy/heuristics.cpp",
    ),
    Known(
        r"no bytes have been (received from the source|transmitted to the destination)"
        r"|Operation expired|Request timed out|Transfer stalled for too long",
        Cause("the connection between the storages gave no bytes for too long", Who.NOBODY, RETRIES),
        f"{_XROOTD}XrdHttpTpc/XrdHttpTpcTPC.cc, XrdCl/XrdClStatus.cc, XrdClHttp/XrdClHttpUtil.cc; {_CODES}",
    ),
    Known(
        r"Request not authorized|Insufficient (privileges|token scope)|tpc authorization expired",
        Cause("a storage did not accept the rights of the lake", Who.LAKE, f"tell them; {RETRIES}"),
        f"{_CODES}; {_XROOTD}XrdOfs/XrdOfsTPCAuth.cc; {_STORM}authz/pdp/",
    ),
    Known(
        r"Server is overloaded|No servers available",
        Cause("a storage has too much to do", Who.NOBODY, RETRIES),
        _CODES,
    ),
    Known(
        r"Target exists",
        Cause(
            "a file of that name is at the destination already, unknown to the lake",
            Who.DESTINATION,
            "ask them, or the admins of the lake, to check and remove it",
        ),
        _CODES,
    ),
    Known(
        r"Remote side failed with status code|Third party transfer error|(source|destination) answered \d+"
        r"|Copy failed \(3rd|Internal transfer failure|Input/output error|\bI/O error",
        Cause("the copy between the storages broke off", Who.NOBODY, RETRIES),
        f"{_XROOTD}XrdHttpTpc/XrdHttpTpcTPC.cc; {_STORM}tpc/TransferFilterSupport.java; {_OURS}; "
        "cern-fts/gfal2 at e301920, src/plugins/http/gfal_http_copy.cpp",
    ),
)
