"""What the worker hands over is found under its name, and is nowhere else."""

import pytest

from tests.support.fake_browser import FakeBrowser, in_browser
from trailmark_adapters.browser import browser


def test_what_was_handed_over_is_found() -> None:
    with in_browser(FakeBrowser("https://one.example")):
        assert "https://one.example" == browser().origin


def test_outside_of_a_browser_there_is_none() -> None:
    with pytest.raises(ModuleNotFoundError):
        browser()
