"""A line of text lists rules, looks at one of them and changes it, in a terminal and in a notebook alike."""

import json

import pytest
from click.testing import CliRunner

from tests.lake.conftest import Make
from tests.lakes import until
from vre_dm import session
from vre_dm.cli.rules import rules
from vre_dm.errors import Declined, LoginRefused, NotInLake
from vre_dm.lake.lake import Lake
from vre_dm.lake.rule_orders import Order
from vre_dm.lake.rules import Causes, Rule, RuleList


def test_a_rule_is_found_looked_at_changed_and_ended(lake: Lake, make: Make) -> None:
    did = make("ordered", files=1)
    made = lake.dataset(did).replicate("DESY-DCACHE", days=1)
    mine = Order().carry_out(lake)
    assert isinstance(mine, RuleList)
    assert made.identifier in [rule.identifier for rule in mine]
    (of_it,) = Order(str(did)).carry_out(lake) or []
    assert isinstance(of_it, Rule)
    identifier = of_it.identifier
    assert str(Order(identifier).carry_out(lake)).count(identifier) == 1
    assert isinstance(Order(identifier, why=True).carry_out(lake), Causes)
    longer = Order(identifier, extend=9).carry_out(lake)
    assert isinstance(longer, Rule)
    assert longer.state.expires is not None
    assert made.state.expires is not None
    assert (longer.state.expires - made.state.expires).days >= 7
    shorter = Order(identifier, shorten=3).carry_out(lake)
    assert isinstance(shorter, Rule)
    assert shorter.ends_within(4)
    assert isinstance(Order(identifier, boost=True).carry_out(lake), Rule)
    with pytest.raises(Declined, match="does not wait for approval"):
        Order(identifier, approve=True).carry_out(lake)
    with pytest.raises(Declined, match="does not wait for approval"):
        Order(identifier, deny="no room").carry_out(lake)
    new = Order(identifier, move="PIC-DCACHE").carry_out(lake)
    assert isinstance(new, Rule)
    with pytest.raises(Declined, match="at DESY-DCACHE already; name another RSE"):
        Order(identifier, move="DESY-DCACHE").carry_out(lake)
    with pytest.raises(Declined, match=f"was moved to {new.identifier}"):
        Order(identifier, delete=True).carry_out(lake)
    assert Order(new.identifier.upper(), delete=True).carry_out(lake) == (
        f"the rule {new.identifier} on {did} at PIC-DCACHE ends now; copies that no other keeps are removed"
    )
    until(lambda: not made.refresh().state.successor, 60)
    assert f"the rule {identifier} on" in str(Order(identifier, delete=True).carry_out(lake))
    until(lambda: not list(lake.dataset(did).rules()), 60)


@pytest.mark.parametrize(
    ("order", "said"),
    [
        (Order("a" * 32, boost=True, delete=True), "one thing at a time: --boost or --delete"),
        (Order("a" * 32, extend=0.0, why=True), "one thing at a time: --why or --extend"),
        (Order("a" * 32, approve=True, deny=""), "one thing at a time: --approve or --deny"),
        (Order("xenon:s2only.limits", delete=True), "--delete is for one rule: give its id"),
        (Order(None, extend=0.0), "--extend is for one rule: give its id"),
        (Order("nonsense"), "'nonsense' is neither scope:name nor the id of a rule"),
        (Order("a" * 31), "is neither scope:name nor the id of a rule"),
    ],
)
def test_an_order_that_is_not_clear_changes_nothing(lake: Lake, order: Order, said: str) -> None:
    with pytest.raises(Declined, match=said):
        order.carry_out(lake)


def test_a_rule_that_is_not_there_is_said(lake: Lake) -> None:
    with pytest.raises(NotInLake, match="expired or was deleted"):
        Order("0" * 32).carry_out(lake)


def test_another_accounts_rule_stays_as_it_is(lake: Lake) -> None:
    theirs = next(r for r in lake.dataset("fermi:dsph.jfactors").rules() if r.state.account != "dm")
    with pytest.raises(LoginRefused, match="ask the owner"):
        Order(theirs.identifier, delete=True).carry_out(lake)


def test_a_list_is_looked_at_again_in_one_request(lake: Lake, make: Make) -> None:
    dataset = lake.dataset(make("listed", files=1))
    first = dataset.replicate("DESY-DCACHE", days=1)
    listed = dataset.rules()
    (known,) = listed
    second = dataset.replicate("PIC-DCACHE", days=1)
    assert {rule.identifier for rule in listed.refresh()} == {first.identifier, second.identifier}
    assert known in list(listed)  # the same object: what was learnt by watching stays
    for rule in listed:
        rule.delete()
    until(lambda: not list(listed.refresh()), 60)


def test_the_command_speaks_text_and_json(lake: Lake, make: Make, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(session, "connect", lambda *_, **__: lake)
    did = make("printed", files=1)
    rule = lake.dataset(did).replicate("DESY-DCACHE", days=1)
    run = CliRunner().invoke
    shown = run(rules, [str(did)])
    assert shown.exit_code == 0, shown.output
    assert rule.identifier in shown.output
    (document,) = json.loads(run(rules, [rule.identifier, "--json"]).output)
    assert (document["id"], document["did"], document["total"]) == (rule.identifier, str(did), 1)
    assert document["sentence"].startswith(document["state"])
    until(lambda: rule.refresh().state.state == "STUCK", 90)
    (why,) = json.loads(run(rules, [rule.identifier, "--why", "--json"]).output)
    assert (why["state"], why["attempts"], why["sources"]) == ("FAILED", 4, ["CNAF-STORM"])
    assert json.loads(run(rules, [rule.identifier, "--delete", "--json"]).output) == []
    refused = run(rules, ["--delete"])
    assert isinstance(refused.exception, Declined)
