"""An answer is finite, or an error that names the sample."""

import numpy as np
import pytest

from badak import Input, Sequential
from badak.errors import InputError
from badak.layers import Dense, Rescaling


@pytest.mark.parametrize("engine", ["compiled", "reference"])
@pytest.mark.parametrize("count", [1, 5, 2000])
def test_an_answer_that_is_not_finite_is_an_error(engine, count):
    model = Sequential([Input((4,)), Dense(3, "softmax")], engine=engine)
    x = np.ones((count, 4), np.float32)
    model.predict(x)
    model.layers[0].kernel[...] = 3e38
    for ask in (model.predict, model.classify):
        with pytest.raises(InputError, match="the network answers"):
            ask(x)


def test_the_first_sample_without_a_finite_answer_is_named():
    model = Sequential([Input((1,)), Rescaling(1e38)])
    with pytest.raises(InputError, match=r"answers inf for sample 2 \(1 of 3 samples\)"):
        model.predict([[1.0], [2.0], [30.0]])
    assert model.predict([[1.0]])[0, 0] == np.float32(1e38)
