"""Credentials that are asked for each time and never shown: secrets, and where tokens come from."""

from vre_dm.lake.tokens.file import FileToken, write_token
from vre_dm.lake.tokens.first import FirstOf
from vre_dm.lake.tokens.provider import Grant, TokenProvider, audiences, expiry
from vre_dm.lake.tokens.secret import Secret
from vre_dm.lake.tokens.variable import VariableToken

__all__ = [
    "FileToken",
    "FirstOf",
    "Grant",
    "Secret",
    "TokenProvider",
    "VariableToken",
    "audiences",
    "expiry",
    "write_token",
]
