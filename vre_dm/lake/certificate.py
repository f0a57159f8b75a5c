"""The certificate of a user of the grid: shown to the lake's login and to its storage, to nobody else."""

import os
import ssl
from pathlib import Path

from vre_dm.errors import LoginRefused
from vre_dm.lake.instance import Instance
from vre_dm.private import found_fault, is_shared

_STEP = "make a proxy with voms-proxy-init"


def files(instance: Instance) -> tuple[Path, Path]:
    """Files of a lake's certificate and of its key; a proxy holds both.

    Raises
    ------
    LoginRefused
        None is configured or there, or another user could have put it at its usual place.
    """
    if instance.certificate is None:
        msg = f"no login for {instance.name} (settings from {instance.source}); "
        raise LoginRefused(msg + "give token_file, username and password, or certificate")
    if not instance.certificate.is_file():
        msg = f"no certificate at {instance.certificate} for {instance.name}; {_STEP}"
        raise LoginRefused(msg)
    key = instance.key or instance.certificate
    fault = found_fault(key) if is_shared(key.parent) and os.path.lexists(key) else None
    if fault:
        msg = f"the certificate {key} {fault}, so it is not used; make your own with voms-proxy-init"
        raise LoginRefused(msg)
    return instance.certificate, key


def load(context: ssl.SSLContext, instance: Instance) -> None:
    """Have TLS settings show the certificate; OpenSSL would ask a terminal for the password of a key.

    Raises
    ------
    LoginRefused
        As `files`, or they hold no certificate with its key.
    """
    certificate, key = files(instance)
    try:
        context.load_cert_chain(certificate, key, password="")
    except (OSError, ValueError) as error:
        said = "it holds no certificate with its key, or the key has a password"
        if isinstance(error, OSError) and not isinstance(error, ssl.SSLError):
            said = error.strerror or said
        msg = f"the certificate {certificate} cannot be used: {said}; {_STEP}"
        raise LoginRefused(msg) from error
