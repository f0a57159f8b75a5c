"""Settings of the cache from the environment: read once, refused when they make no sense."""

from contextlib import suppress
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from vre_dm.errors import InvalidConfiguration
from vre_dm.lake.cache.settings import CacheSettings, size_of

USUAL = Path("/home/me/.cache/vre-dm")


def test_without_settings_the_cache_is_the_users_own_and_without_bound():
    settings = CacheSettings.read({}, USUAL)
    assert settings == CacheSettings(USUAL, USUAL / "store")
    cache = settings.cache("https://lake", "lake")
    assert (cache.folder, cache.shows) == (USUAL / "store", USUAL / "lakes" / "lake")


def test_every_setting_is_taken():
    environment = {
        "VRE_DM_CACHE": "/big/me",
        "VRE_DM_CACHE_QUOTA": "1.5 TB",
        "VRE_DM_SHARED_CACHE": "/shared",
    }
    settings = CacheSettings.read(environment, USUAL)
    assert settings == CacheSettings(Path("/big/me"), Path("/big/me"), 1_500_000_000_000, Path("/shared"))


@pytest.mark.parametrize(
    ("text", "size"),
    [("0", 0), ("200 GB", 200 * 10**9), ("200g", 200 * 10**9), ("1KiB", 1024), ("2 TiB", 2 << 40), ("5b", 5)],
)
def test_a_size_is_read_in_decimal_or_binary_units(text: str, size: int):
    assert size_of(text, "it") == size


@pytest.mark.parametrize("text", ["a lot", "-1", "1 EB", "1e9", "NaN", "inf", "GB", "1 GB!", "٣ GB"])
def test_what_is_no_size_is_refused_by_name(text: str):
    with pytest.raises(InvalidConfiguration, match=r"VRE_DM_CACHE_QUOTA: .* is no size"):
        CacheSettings.read({"VRE_DM_CACHE_QUOTA": text}, USUAL)


@given(st.text(max_size=30) | st.from_regex(r"[0-9]{1,400} ?[kmgtpKMGTP]?i?[bB]?", fullmatch=True))
def test_no_text_breaks_the_reading_of_a_size(text: str):
    with suppress(InvalidConfiguration):
        assert size_of(text, "it") >= 0


@pytest.mark.parametrize("name", ["VRE_DM_CACHE", "VRE_DM_SHARED_CACHE"])
def test_a_relative_folder_is_refused(name: str):
    """It would be another one in each notebook's folder."""
    with pytest.raises(InvalidConfiguration, match=f"{name}: 'cache' is no absolute path"):
        CacheSettings.read({name: "cache"}, USUAL)


@pytest.mark.parametrize("folder", ["/a/../b", "/a\x1b[2J", "/a\u202eb", "~/../x"])
def test_a_folder_that_goes_up_or_cannot_be_shown_is_refused(folder: str):
    with pytest.raises(InvalidConfiguration, match="cannot be shown") as raised:
        CacheSettings.read({"VRE_DM_CACHE": folder}, USUAL)
    assert str(raised.value).isprintable()
