#!/bin/sh
# What a container does first: a home that can be written, the notebooks in it, a lake where one is asked for.
# Then it becomes the command that it was given; without one, the Jupyter server, that of a hub where a hub asks.
set -eu

# Any user may be asked for, also one whose home this is not, on a root that is read-only.
if ! [ -w "$HOME" ]; then
    HOME="$(mktemp -d "${TMPDIR:-/tmp}/home.XXXXXX")"
    export HOME
    cd "$HOME"
    echo "vre-start: the home cannot be written; what is in $HOME goes with this container" >&2
fi

if [ -n "${VRE_DM_LAKE_AT_START:-}" ]; then
    vre-dm lake up >/dev/null 2>&1 &
fi

# A full home must not keep its owner from the server, where he can make room.
vre-dm notebooks >/dev/null || echo "vre-start: the notebooks could not be copied into $HOME" >&2

if [ "$#" -gt 0 ]; then
    exec "$@"
elif [ -n "${JUPYTERHUB_API_TOKEN:-}" ]; then
    exec jupyterhub-singleuser
else
    exec jupyter lab --ip=0.0.0.0 --port=8888 --no-browser
fi
