"""Whatever a page may send as data: it is loaded, or refused by badak's own errors."""

import contextlib
import json

from hypothesis import given, settings
from hypothesis import strategies as st

from badak.errors import BadakError
from badak.lab import data
from badak.lab.data import KINDS, Uploads

UPLOADS = Uploads()
VALUES = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=20),
    lambda inner: (
        st.lists(inner, max_size=4) | st.dictionaries(st.text(max_size=5), inner, max_size=3)
    ),
    max_leaves=6,
)
SETTINGS = st.sampled_from(
    [
        *("samples", "noise", "seed", "test_share", "formula", "low", "high", "points", "task"),
        *("upload", "target", "size", "colour", "plane", "held"),
    ]
)
LOADED_SLOWLY = {"mnist", "fashion_mnist", "digits"}
BODIES = st.one_of(
    st.binary(max_size=200),
    st.text(max_size=100).map(lambda text: text.encode("utf-8", "replace")),
    VALUES.map(lambda images: json.dumps({"images": images}).encode()),
)


@given(
    st.sampled_from(sorted(set(KINDS) - LOADED_SLOWLY)),
    st.dictionaries(SETTINGS, VALUES, max_size=4),
)
@settings(max_examples=200, deadline=None)
def test_any_recipe_of_data_is_loaded_or_refused(kind, spec):
    with contextlib.suppress(BadakError):
        loaded = data.load({"kind": kind, **spec}, UPLOADS)
        loaded.grid(3, spec.get("plane"), spec.get("held"))


@given(st.sampled_from(["table", "pictures", "drawn"]), st.text(max_size=30), BODIES)
@settings(max_examples=200, deadline=None)
def test_any_file_is_taken_in_or_refused(kind, name, body):
    uploads = Uploads()
    with contextlib.suppress(BadakError):
        uploads.add(kind, name, body)
    uploads.close()
