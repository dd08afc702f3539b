"""scikit-learn is there for these estimators alone."""

import subprocess
import sys

WITHOUT = """
import sys
sys.modules["sklearn"] = None  # as if it were not installed
import badak
try:
    badak.estimators
except ImportError as error:
    print(error)
"""


def run(program):
    done = subprocess.run(
        [sys.executable, "-c", program], capture_output=True, text=True, check=True
    )
    return done.stdout.strip()


def test_without_scikit_learn_it_says_what_to_install():
    assert run(WITHOUT).endswith(
        "not installed: pip install 'badak[sklearn]' (in a clone: pip install '.[sklearn]')"
    )


def test_scikit_learn_is_not_loaded_with_badak():
    program = "import badak, sys; badak.Sequential; print('sklearn' in sys.modules)"
    assert run(program) == "False"
