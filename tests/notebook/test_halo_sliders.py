"""Sliders of the halo: moved by a page in a real kernel, and what they do where a halo gives no limit."""

from collections.abc import Iterator
from typing import Any

import numpy as np
import pytest
from jupyter_client.blocking import BlockingKernelClient
from jupyter_client.manager import start_new_kernel

from vre_dm.errors import InvalidCurve, OutOfRange
from vre_dm.limits.catalogue import curves
from vre_dm.limits.column import limit_column, mass_column
from vre_dm.limits.convert.derived import derived, theory
from vre_dm.limits.curve import Curve
from vre_dm.limits.overlay import MIME
from vre_dm.notebook.halo_sliders import HaloSliders
from vre_dm.physics.direct_detection import recoil_spectrum
from vre_dm.physics.halo import StandardHalo

MASSES = [10.0, 30.0, 100.0]
WIDGET = "application/vnd.jupyter.widget-view+json"
CELL = """
import vre_dm as dm
from tests.notebook.test_halo_sliders import limit
view = dm.HaloSliders(limit, dm.curves("si_lz_2024"))
print(view.model_id)
view
"""


def limit(halo: StandardHalo) -> Curve:
    """What 2.3 events above 5 keV exclude; as a cell would say it, for some halos only."""
    if halo.v0_km_s > 290:
        msg = "no halo like that"
        raise ZeroDivisionError(msg)
    rate = recoil_spectrum(MASSES, np.arange(5, 50, 1), halo=halo).sum(axis=1)
    columns = (mass_column(MASSES), limit_column(1e-45 * 2.3 / rate, "sigma_SI"))
    return derived(theory("ours"), id="ours", formula="test", quantity="sigma_SI", columns=columns, inputs={})


@pytest.fixture(scope="module")
def client() -> Iterator[BlockingKernelClient]:
    manager, client = start_new_kernel()
    try:
        yield client
    finally:
        client.stop_channels()
        manager.shutdown_kernel(now=True)


def messages(client: BlockingKernelClient, sent: str) -> list[dict[str, Any]]:
    """All that the kernel says of a request, until it is idle."""
    found: list[dict[str, Any]] = []
    while True:
        message = client.get_iopub_msg(timeout=60)
        if message["parent_header"].get("msg_id") != sent:
            continue
        if message["msg_type"] == "status" and message["content"]["execution_state"] == "idle":
            return found
        assert message["msg_type"] != "error", message["content"]
        found.append(message)


def of(said: list[dict[str, Any]], kind: str) -> list[dict[str, Any]]:
    return [message["content"] for message in said if message["msg_type"] == kind]


def test_a_page_moves_a_slider_and_gets_the_numbers_of_that_halo(client: BlockingKernelClient) -> None:
    said = messages(client, client.execute(CELL))
    model = "".join(content["text"] for content in of(said, "stream")).strip()
    sliders, plot = of(said, "display_data")
    assert WIDGET in sliders["data"]
    assert "v₀ 238" in sliders["data"]["text/plain"]
    assert {MIME, "image/svg+xml", "text/plain"} <= set(plot["data"])

    values = {"rho0_gev_cm3": 0.3, "v0_km_s": 220, "vesc_km_s": 544, "ve_km_s": 250.5}
    change = {"method": "update", "state": {"values": values}, "buffer_paths": []}
    message = client.session.msg("comm_msg", {"comm_id": model, "data": change})
    client.shell_channel.send(message)
    (update,) = of(messages(client, message["header"]["msg_id"]), "update_display_data")
    assert update["transient"]["display_id"] == plot["transient"]["display_id"]
    assert set(update["data"]) == {MIME, "text/plain"}
    before, after = (each["data"][MIME] for each in (plot, update))
    assert after["curves"][0]["y"] == pytest.approx(limit(StandardHalo(v0_km_s=220)).y, rel=1e-9)
    assert before["curves"][0]["y"] == pytest.approx(limit(StandardHalo()).y, rel=1e-9)
    assert after["curves"][1] == before["curves"][1]
    for axis in ("x", "y"):
        assert after[axis] == before[axis]


def move(view: HaloSliders, **values: object) -> None:
    """What a page's slider does."""
    view.values = {**view.values, **values}


def lines(view: HaloSliders) -> list[str]:
    assert view.overlay is not None
    return [line["id"] for line in view.overlay.model["curves"]]


def test_a_halo_without_a_limit_leaves_no_curve_of_another_halo_in_the_plot() -> None:
    view = HaloSliders(limit, curves("si_lz_2024"), bands=["si_lz_2024"])
    move(view, v0_km_s=295)
    assert lines(view) == ["si_lz_2024"]
    move(view, v0_km_s=230)
    assert lines(view) == ["ours", "si_lz_2024"]
    assert view.halo.v0_km_s == 230


def test_alone_and_without_a_limit_there_is_no_plot_but_the_reason(
    capsys: pytest.CaptureFixture[str],
) -> None:
    view = HaloSliders(limit)
    capsys.readouterr()
    move(view, v0_km_s=295)
    assert view.overlay is None
    assert "no limit with this halo: ZeroDivisionError: no halo like that" in capsys.readouterr().out


def test_a_halo_is_set_at_once_and_keeps_what_no_slider_says() -> None:
    asked: list[StandardHalo] = []
    view = HaloSliders(lambda halo: (asked.append(halo), limit(halo))[1])
    wanted = StandardHalo(0.55, 210.0, 720.0, 240.0, "wimprates")
    view.halo = wanted
    assert asked == [StandardHalo(), wanted]
    assert next(each["high"] for each in view.sliders if each["name"] == "vesc_km_s") == 720
    assert "ρ₀ 0.55 GeV/cm³, v₀ 210 km/s" in repr(view)
    move(view, ve_km_s=250)
    assert view.halo == StandardHalo(0.55, 210.0, 720.0, 250.0, "wimprates")


def test_what_cannot_be_drawn_is_said_when_the_sliders_are_made() -> None:
    with pytest.raises(ZeroDivisionError):
        HaloSliders(limit, start=StandardHalo(v0_km_s=299))
    with pytest.raises(InvalidCurve):
        HaloSliders(limit, curves("si_lz_2024"), highlight=["si_lz_2042"])


@pytest.mark.parametrize(
    "values",
    [
        {"v0_km_s": -1},
        {"v0_km_s": "fast"},
        {"v0_km_s": True},
        {"v0_km_s": float("nan")},
        {"rho0_gev_cm3": 2e5},
        {"normalisation": "wimprates"},
        {"n" * 10_000: 1},
    ],
)
def test_whatever_a_page_sends_is_said_and_never_shown_as_a_limit(values: dict[str, object]) -> None:
    view = HaloSliders(limit, curves("si_lz_2024"))
    move(view, **values)
    assert view.said.startswith("no limit with this halo: ")
    assert len(view.said) <= 300
    assert lines(view) == ["si_lz_2024"]
    assert view.halo == StandardHalo()
    view.values = view.start
    assert lines(view) == ["ours", "si_lz_2024"]


def test_what_is_no_halo_is_refused_and_changes_nothing() -> None:
    view = HaloSliders(limit, start=StandardHalo(1.2))
    with pytest.raises(OutOfRange, match="halo must be a StandardHalo, not float"):
        view.halo = 0.4  # type: ignore[assignment]
    with pytest.raises(OutOfRange, match="halo must be a StandardHalo, not float"):
        HaloSliders(limit, start=0.0)  # type: ignore[arg-type]
    assert view.halo == StandardHalo(1.2)
    view.halo = StandardHalo(v0_km_s=220)
    assert view.values["v0_km_s"] == 220
    move(view, v0_km_s=230)
    assert view.halo.v0_km_s == 230
    view.values = view.start
    assert (view.halo, view.said) == (StandardHalo(1.2), "")
