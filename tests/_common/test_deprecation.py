import importlib
import importlib.machinery
import sys

import pytest

from badak._moved import MOVED


@pytest.mark.parametrize("old", sorted(MOVED))
def test_an_old_path_still_works_and_tells_the_new_one(old):
    try:
        homes = [importlib.import_module(home) for home in MOVED[old]]
    except ImportError as error:
        pytest.skip(f"needs an extra: {error}")
    sys.modules.pop(old, None)
    with pytest.warns(DeprecationWarning, match=homes[0].__name__):
        forwarded = importlib.import_module(old)
    for home in homes:
        own = [n for n, v in vars(home).items() if getattr(v, "__module__", "") == home.__name__]
        for name in own:
            found = getattr(forwarded, name)
            assert found is getattr(home, name) or hasattr(homes[0], name)
    with pytest.raises(AttributeError, match="has no attribute 'no_such_thing'"):
        _ = forwarded.no_such_thing


def test_no_old_path_hides_a_module_of_today():
    for old in MOVED:
        package, _, leaf = old.rpartition(".")
        folder = importlib.import_module(package).__path__
        assert importlib.machinery.PathFinder.find_spec(old, list(folder)) is None, leaf


def test_what_never_was_is_not_found():
    with pytest.raises(ModuleNotFoundError):
        importlib.import_module("badak.never_was")
