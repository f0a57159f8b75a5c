"""Build the container images, try them, publish them: `python -m builders.images --help`."""

from __future__ import annotations

import argparse
import sys
from datetime import UTC, datetime
from pathlib import Path

from builders.images import binder
from builders.images.building import LOCAL, base_reference, build
from builders.images.catalogue import BASE, chosen, images, registry, registry_of
from builders.images.debian import debian
from builders.images.engine import able, find
from builders.images.errors import ImagesError
from builders.images.publishing import archive, publish
from builders.images.record import RECORD, record
from builders.images.source import require_whole, source, wheel
from builders.images.testing import table, try_images
from vre_dm.errors import VreDmError


def _say(text: str) -> None:
    print(f"… {text}", file=sys.stderr, flush=True)


def _build(options: argparse.Namespace) -> int:
    wanted, state = chosen(options.names), source()
    packed = options.wheel or wheel(state.version)
    require_whole(packed)
    engine = find()
    below = debian(engine, _say, stand_in=options.stand_in, digest=options.debian)
    for image in wanted:
        build(image, engine, state, below, packed, _say)
    return 0


def _test(options: argparse.Namespace) -> int:
    wanted, state, engine = chosen(options.names), source(), find()
    if engine.inspect(base_reference(state)) is None:
        msg = f"{base_reference(state)} is not here, and all others stand on it: make images"
        raise ImagesError(msg)
    tried = try_images(wanted, able(engine, base_reference(state)), state, _say)
    print(table(tried))
    if options.record:
        record(tried, datetime.now(UTC).date())
    return any(each.faults for each in tried)


def _binder(options: argparse.Namespace) -> int:
    state, engine = source(), find()
    reference = binder.build(engine, state)
    seen = binder.visit(able(engine, reference), reference, _say)
    print(binder.described(seen))
    for fault in seen.faults:
        print(fault)
    return bool(seen.faults)


def _publish(options: argparse.Namespace) -> int:
    where = registry_of(options.registry, "--registry is") if options.registry else registry()
    publish(chosen(options.names), find(), source(), where, _say)
    return 0


def _archive(options: argparse.Namespace) -> int:
    archive(chosen(options.names), find(), source(), _say)
    return 0


def _list(options: argparse.Namespace) -> int:
    version = source().version
    for image in images():
        size = f"{image.budget / 1e9:.1f} GB at most"
        print(f"{image.reference(LOCAL, version)}  {size}  {image.profile.card.title}")
    return 0


def main(arguments: list[str] | None = None) -> int:
    parser = argparse.ArgumentParser(prog="python -m builders.images", description=__doc__)
    commands = parser.add_subparsers(required=True)
    for name, does, words in (
        ("build", _build, f"build images, that of {BASE} first"),
        ("test", _test, "start each image that was built, and try what it promises"),
        ("publish", _publish, "push images to a registry"),
        (
            "archive",
            _archive,
            "write images that may be published into one file, for another machine to push",
        ),
    ):
        command = commands.add_parser(name, help=words, description=words)
        command.add_argument("names", nargs="*", help="images; all where none is named")
        command.set_defaults(does=does)
        if name == "build":
            command.add_argument(
                "--wheel", type=Path, help="of vre-dm, with its extension; that in dist/ else"
            )
            command.add_argument("--stand-in", action="store_true", help="do not ask a registry for Debian")
            command.add_argument(
                "--debian", default="", help="digest of the Debian to build on; the newest else"
            )
        if name == "test":
            words = f"write sizes and the day into {RECORD.name}, which the hub's list shows"
            command.add_argument("--record", action="store_true", help=words)
        if name == "publish":
            command.add_argument(
                "--registry", help="what the names begin with there; that of images.toml else"
            )
    commands.add_parser("binder", help="build Binder's image, and time a visit").set_defaults(does=_binder)
    commands.add_parser("list", help="list the images there are").set_defaults(does=_list)
    options = parser.parse_args(arguments)
    try:
        return int(options.does(options))
    except (ImagesError, VreDmError) as error:
        print(f"images: {error}", file=sys.stderr)
        return 1


if __name__ == "__main__":
    sys.exit(main())
