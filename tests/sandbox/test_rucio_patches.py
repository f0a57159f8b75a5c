"""An upgrade of Rucio that moves a private name fails here, with one clear message."""

from tests.lakes import inside
from vre_dm.sandbox import LakeStatus

CHECK = "from vre_dm.sandbox.services import rucio_patches as p; "


def test_every_private_name_we_call_is_there_and_takes_what_we_pass(embedded_lake: LakeStatus) -> None:
    done = inside(embedded_lake, CHECK + "p.check(); print(len(p.PRIVATE))")
    assert done.returncode == 0, done.stderr
    assert int(done.stdout) >= 30


def test_a_name_that_is_gone_and_a_parameter_that_is_gone_are_both_named(embedded_lake: LakeStatus) -> None:
    planted = """
gone, changed = ("rucio.core.rule", "no_such_function", ()), ("rucio.core.rule", "get_rule", ("colour",))
p.PRIVATE = (*p.PRIVATE, gone, changed)
p.check()"""
    done = inside(embedded_lake, CHECK + planted)
    last = done.stderr.strip().splitlines()[-1]
    assert "rucio.core.rule.no_such_function is gone" in last
    assert "rucio.core.rule.get_rule takes no colour" in last
    assert "locks/lake.txt" in last


def test_the_list_of_private_names_holds_every_underscored_name_in_the_code(
    embedded_lake: LakeStatus,
) -> None:
    code = """
import ast, pathlib
from vre_dm.sandbox.services import rucio_patches as p
listed = {name.split('.')[-1] for _, name, _ in p.PRIVATE}
for path in pathlib.Path(p.__file__).parent.rglob('*.py'):
    for node in ast.walk(ast.parse(path.read_text())):
        if isinstance(node, ast.Attribute) and isinstance(node.value, ast.Name):
            private = node.attr.startswith('_') and not node.attr.startswith('__')
            if private and node.value.id not in ('self', 'os') and node.attr not in listed:
                print(path.name, node.value.id, node.attr)"""
    assert inside(embedded_lake, code).stdout == ""
