#!/usr/bin/env bash
# A Debian like the official slim image, as a tar file: to build and test images where no registry can be reached.
#
# usage: stand-in.sh SUITE FILE
#
# Authorities that this machine trusts beside Debian's come with it, since its network may end TLS with one of them.
# That is why nothing built on it is ever published: `make images` labels it, and the publish step refuses the label.
set -euo pipefail

suite=$1
file=$2
own=/usr/local/share/ca-certificates

unneeded=()
for folder in doc groff info linda lintian locale man; do
    unneeded+=("--dpkgopt=path-exclude=/usr/share/$folder/*")
done

trust=(--include=ca-certificates)
if compgen -G "$own/*.crt" >/dev/null; then
    trust+=("--customize-hook=cp $own/*.crt \"\$1$own\" && chroot \"\$1\" update-ca-certificates")
fi

# what a hook calls $1 is known to mmdebstrap alone
# shellcheck disable=SC2016
mmdebstrap --quiet --variant=minbase "${trust[@]}" "${unneeded[@]}" \
    '--dpkgopt=path-include=/usr/share/doc/*/copyright' \
    '--dpkgopt=path-include=/usr/share/locale/locale.alias' \
    '--customize-hook=rm -rf "$1"/var/lib/apt/lists/* "$1"/var/cache/apt/*.bin "$1"/var/log/*' \
    "$suite" "$file"
