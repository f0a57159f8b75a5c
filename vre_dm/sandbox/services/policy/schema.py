"""Names a DID may have: Rucio's generic rules without ``/`` and ``..``, so that a name is a file's name."""

SCOPE_LENGTH = 25
SCOPE = {
    "description": "Scope name",
    "type": "string",
    "maxLength": SCOPE_LENGTH,
    "pattern": r"^(?!.*\.\.)[A-Za-z0-9_][A-Za-z0-9_.\-]*$",
}

NAME_LENGTH = 250
NAME = {
    "description": "Data Identifier name",
    "type": "string",
    "maxLength": NAME_LENGTH,
    "pattern": r"^(?!.*\.\.)[A-Za-z0-9][A-Za-z0-9._\-]*$",
}
