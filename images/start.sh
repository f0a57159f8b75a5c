#!/bin/sh
# What a container does first: a home that can be written, the notebooks in it, a lake where one is asked for.
# Then it becomes the command that it was given; without one, the Jupyter server, that of a hub where a hub asks.
set -eu

say() {
    echo "vre-start: $*" >&2
}

# Any user may be asked for, also one whose home this is not, on a root that is read-only.
if ! [ -w "$HOME" ]; then
    HOME="$(mktemp -d "${TMPDIR:-/tmp}/home.XXXXXX")"
    export HOME
    cd "$HOME"
    say "the home cannot be written; what is in $HOME goes with this container"
elif [ -n "$(find "$HOME" -maxdepth 0 -perm -0002 ! -perm -1000)" ]; then
    say "anybody can exchange what is in $HOME, so vre-dm keeps nothing there; give it the sticky bit (mode 1777)"
fi

# Kubernetes lets the group of a volume (fsGroup) write all that is in it, anew at each start unless it is told to
# look first. vre-dm takes nothing that others could have written, and no mode of a file tells whether anybody else is
# in that group: VRE_DM_CLOSE_TO_GROUP says that nobody is. Without it the user is told, and decides.
close_to_group() {
    # without kubelet's mark it was somebody else who let the group in
    if [ -L "$1" ] || [ -z "$(find "$1" -maxdepth 0 -type d -perm -2070 2>/dev/null)" ]; then
        return 0
    fi
    # a socket that a killed database left can be written by all, and holds nothing
    if [ -n "$(find "$1" -xdev \( ! -user "$2" -o ! -type l ! -type s -perm -0002 \) -print -quit)" ]; then
        say "$1 stays open to the group of the volume, since others have files in it, or may"
    elif [ -z "${VRE_DM_CLOSE_TO_GROUP:-}" ]; then
        say "$1 can be written by the group of the volume, so vre-dm takes nothing in it; if nobody else is in" \
            "that group: chmod -R go-rwx,g-s '$1' (or an admin sets VRE_DM_CLOSE_TO_GROUP)"
    elif find "$1" -xdev ! -type l -exec chmod go-rwx,g-s {} +; then
        say "$1 was open to the group of the volume, and is yours alone again"
    else
        say "$1 could not be closed to the group of the volume"
    fi
}

if [ -n "${KUBERNETES_SERVICE_HOST:-}" ]; then
    data="${XDG_DATA_HOME:-$HOME/.local/share}"
    kernels="${JUPYTER_DATA_DIR:-$data/jupyter}"
    for folder in "$data/vre-dm" "${XDG_STATE_HOME:-$HOME/.local/state}/vre-dm" \
        "${XDG_CACHE_HOME:-$HOME/.cache}/vre-dm" "${VRE_DM_LAKE_ROOT:-}" \
        "$kernels/vre-dm" "$kernels/kernels"; do
        # a cache that was chosen may be shared on purpose
        if [ -n "$folder" ] && [ "$folder" != "${VRE_DM_CACHE:-}" ]; then
            close_to_group "$folder" "$(id -u)"
        fi
    done
fi

if [ -n "${VRE_DM_LAKE_AT_START:-}" ]; then
    vre-dm lake up >&2 &
fi

# Whoever opens a Jupyter server reads notebooks: the hub of a Binder starts it by a command of its own. Nobody does
# in a worker of Dask Gateway or after any other command, which then is not kept waiting.
case "${1:-}" in
"" | jupyter* | */jupyter*) reader=somebody ;;
*) reader="${JUPYTERHUB_API_TOKEN:-}" ;;
esac
if [ -n "$reader" ]; then
    # A full home must not keep its owner from the server, where he can make room.
    vre-dm notebooks >/dev/null || say "the notebooks could not be copied into $HOME"
fi

if [ "$#" -gt 0 ]; then
    exec "$@"
elif [ -n "${JUPYTERHUB_API_TOKEN:-}" ]; then
    exec jupyterhub-singleuser
else
    exec jupyter lab --ip=0.0.0.0 --port=8888 --no-browser
fi
