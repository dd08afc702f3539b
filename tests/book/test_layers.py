"""What the book's layers refuse, keep and leave as it is."""

import numpy as np
import pytest

from badak import functions
from badak.book import functions as of_book
from badak.book import gradient, layers
from badak.book.util import col2im, conv_output_size, im2col, shuffle_dataset, smooth_curve
from badak.errors import InputError

RNG = np.random.default_rng(2)
IMAGES = RNG.normal(size=(2, 3, 6, 5))


def test_formulas_are_the_same_objects_as_badaks():
    for name in ("sigmoid", "relu", "softmax", "cross_entropy_error", "step_function"):
        assert getattr(of_book, name) is getattr(functions, name)
        assert getattr(layers, name) is getattr(functions, name)
    assert gradient.numerical_gradient is functions.numerical_gradient


def test_all_of_a_module_brings_what_the_books_module_brings():
    taken = {}
    exec("from badak.book.layers import *", taken)
    assert {"np", "softmax", "im2col", "Affine", "Pooling"} <= set(taken)


def test_the_slopes_at_zero():
    assert of_book.relu_grad([0, 1]).tolist() == [0.0, 1.0]
    assert of_book.sigmoid_grad(0).tolist() == 0.25


def test_slopes_of_each_row():
    x = RNG.normal(size=(3, 4))
    slopes = gradient.numerical_gradient_2d(lambda row: float((row**3).sum()), x)
    np.testing.assert_allclose(slopes, 3 * x**2, atol=1e-6)
    np.testing.assert_allclose(
        gradient.numerical_gradient_2d(lambda row: float((row**3).sum()), x[0]), slopes[0]
    )


@pytest.mark.parametrize("t", [np.array([2]), np.array([[2]]), np.array([[0.0, 0.0, 1.0]])])
def test_a_batch_of_one_takes_its_target_in_three_forms(t):
    layer = layers.SoftmaxWithLoss()
    layer.forward(np.array([[1.0, 2.0, 3.0]]), t)
    y = functions.softmax(np.array([[1.0, 2.0, 3.0]]))
    np.testing.assert_allclose(layer.backward(), y - [[0, 0, 1]])


@pytest.mark.parametrize("t", [2, np.array([0, 0, 1])])
def test_one_sample_as_a_row_counts_as_a_batch_of_one(t):
    row, batch = layers.SoftmaxWithLoss(), layers.SoftmaxWithLoss()
    loss = row.forward(np.array([1.0, 2.0, 3.0]), t)
    assert loss == batch.forward(np.array([[1.0, 2.0, 3.0]]), np.array([2]))
    np.testing.assert_array_equal(row.backward(), batch.backward()[0])


def test_a_column_of_labels_is_one_label_a_sample():
    layer, x = layers.SoftmaxWithLoss(), RNG.normal(size=(4, 3))
    labels = np.array([0, 2, 1, 1])
    assert layer.forward(x, labels[:, np.newaxis]) == layer.forward(x, labels)


def test_a_gradient_at_the_loss_is_passed_on():
    layer = layers.SoftmaxWithLoss()
    layer.forward(RNG.normal(size=(4, 3)), np.array([0, 2, 1, 1]))
    np.testing.assert_array_equal(layer.backward(2.0), 2.0 * layer.backward())


def test_scores_that_overflowed_have_no_loss_and_no_error():
    assert np.isnan(layers.SoftmaxWithLoss().forward(np.array([[np.nan, 0.0]]), np.array([1])))


def test_targets_that_do_not_fit_are_refused():
    layer = layers.SoftmaxWithLoss()
    with pytest.raises(InputError, match="is class 3, but the output layer has 3 units"):
        layer.forward(np.zeros((1, 3)), np.array([3]))
    with pytest.raises(InputError, match="y holds 2 samples, but t holds 3"):
        layer.forward(np.zeros((2, 5)), np.array([0, 1, 2]))


def every_layer():
    return {
        "Relu": layers.Relu(),
        "Sigmoid": layers.Sigmoid(),
        "Affine": layers.Affine(RNG.normal(size=(90, 4)), np.zeros(4)),
        "Dropout": layers.Dropout(0.5),
        "BatchNormalization": layers.BatchNormalization(np.ones(90), np.zeros(90)),
        "Convolution": layers.Convolution(RNG.normal(size=(2, 3, 2, 2)), np.zeros(2)),
        "Pooling": layers.Pooling(2, 2),
    }


@pytest.mark.parametrize("name", every_layer())
def test_a_layer_writes_to_neither_its_input_nor_its_gradient(name):
    layer, x = every_layer()[name], IMAGES.copy()
    out = layer.forward(x)
    dout = RNG.normal(size=out.shape)
    given = dout.copy()
    at_x = layer.backward(dout)
    assert at_x.shape == x.shape
    np.testing.assert_array_equal(x, IMAGES)
    np.testing.assert_array_equal(dout, given)


@pytest.mark.parametrize("name", every_layer())
def test_backward_without_forward_says_what_to_do(name):
    with pytest.raises(InputError, match=rf"{name}.backward needs a forward before it"):
        every_layer()[name].backward(np.zeros((2, 4)) if name == "Affine" else IMAGES)


def test_dropout_at_test_scales_by_what_is_left():
    layer = layers.Dropout(0.25)
    kept = layer.forward(np.ones(20_000))
    assert kept.mean() == pytest.approx(0.75, abs=0.02)
    assert layer.forward(np.ones(3), train_flg=False).tolist() == [0.75] * 3


def test_running_averages_start_at_zero_and_follow_the_batches():
    layer = layers.BatchNormalization(np.ones(2), np.zeros(2), momentum=0.5)
    x = RNG.normal(size=(50, 2))
    layer.forward(x)
    layer.forward(x)
    np.testing.assert_allclose(layer.running_mean, 0.75 * x.mean(axis=0))
    np.testing.assert_allclose(layer.running_var, 0.75 * x.var(axis=0))
    tested = layer.forward(x, train_flg=False)
    expected = (x - 0.75 * x.mean(axis=0)) / np.sqrt(0.75 * x.var(axis=0) + 1e-6)
    np.testing.assert_allclose(tested, expected)


def test_other_weights_can_be_put_into_a_layer():
    layer = layers.Affine(np.zeros((2, 3)), np.zeros(3))
    layer.W, layer.b = np.ones((2, 3)), np.ones(3)
    np.testing.assert_array_equal(layer.forward(np.ones((1, 2))), [[3.0] * 3])


def test_a_bias_may_be_one_number():
    layer = layers.Convolution(np.ones((1, 3, 2, 2)), 0)
    assert layer.forward(IMAGES.astype(np.float32)).dtype == np.float64
    assert layer.forward(IMAGES).shape == (2, 1, 5, 4)


def test_half_precision_images_are_computed_with_in_the_weights_type():
    layer = layers.Convolution(np.ones((1, 3, 2, 2)), np.zeros(1))
    half = layer.forward(IMAGES.astype(np.float16))
    assert half.dtype == np.float64
    np.testing.assert_allclose(half, layer.forward(IMAGES), atol=0.05)


def test_padding_is_never_the_largest():
    assert layers.Pooling(2, 2, 1, 1).forward(-np.ones((1, 1, 2, 2))).max() == -1.0
    assert layers.Pooling(2, 2, 1, 1).forward(-np.ones((1, 1, 2, 2))).shape == (1, 1, 3, 3)


@pytest.mark.parametrize(
    ("wrong", "says"),
    [
        (lambda: layers.Pooling(2, 2, 2, 2), "pad is 2, but must be less than the window's 2 x 2"),
        (lambda: layers.Pooling(0, 2), "the height of the window must be a whole number"),
        (lambda: layers.Pooling(9, 2).forward(IMAGES), "does not fit an image of 6 x 5"),
        (lambda: layers.Pooling(2, 2).forward(IMAGES[0]), r"not \(3, 6, 5\); load_mnist"),
        (lambda: layers.Convolution(np.ones((2, 2)), 0), r"filters are of shape \(filters, chan"),
        (lambda: layers.Convolution(np.ones((1, 3, 2, 2)), 0, 0), "stride must be a whole number"),
        (
            lambda: layers.Convolution(np.ones((1, 1, 2, 2)), 0).forward(IMAGES),
            r"for 1 channels, but the images of shape \(2, 3, 6, 5\) have 3",
        ),
        (
            lambda: layers.Affine(np.ones((4, 2)), np.zeros(2)).forward(np.ones((1, 3))),
            r"W is of shape \(4, 2\) and takes \(batch, 4\), not \(1, 3\)",
        ),
        (
            lambda: layers.Affine(np.ones((4, 2)), np.zeros(2)).forward(np.ones(4)),
            r"takes \(batch, 4\), not \(4,\)",
        ),
        (lambda: layers.Dropout(1.5), "Dropout's dropout_ratio must be a number in"),
        (lambda: im2col(IMAGES[0], 2, 2), "images are of shape"),
        (lambda: col2im(np.ones((3, 4)), (1, 1, 3, 3), 2, 2), r"of shape \(4, 4\), not \(3, 4\)"),
        (lambda: conv_output_size(3, 5), "does not fit an image of 3 x 3"),
        (lambda: smooth_curve([1.0] * 10), "smoothed over 11 neighbours"),
        (lambda: shuffle_dataset(np.ones(3), np.ones(4)), "x holds 3 samples, but t holds 4"),
    ],
)
def test_what_does_not_fit_is_refused_by_name(wrong, says):
    with pytest.raises(InputError, match=says):
        wrong()


def test_the_size_of_what_a_convolution_gives():
    assert [conv_output_size(28, 5), conv_output_size(7, 3, 2, 1), conv_output_size(8, 3, 2)] == [
        24,
        4,
        3,
    ]


def test_rows_of_windows_have_the_books_order_and_type():
    rows = im2col(np.arange(2 * 2 * 3 * 3, dtype=np.uint8).reshape(2, 2, 3, 3), 2, 2)
    assert rows.dtype == np.float64
    assert rows[0].tolist() == [0, 1, 3, 4, 9, 10, 12, 13]  # channel by channel
    assert rows[-1].tolist() == [22, 23, 25, 26, 31, 32, 34, 35]


def test_col2im_is_the_adjoint_of_im2col():
    rows = im2col(IMAGES, 3, 2, 2, 1)
    other = RNG.normal(size=rows.shape)
    back = col2im(other, IMAGES.shape, 3, 2, 2, 1)
    assert (rows * other).sum() == pytest.approx((IMAGES * back).sum(), rel=1e-12)


def test_shuffled_pairs_stay_pairs():
    x, t = shuffle_dataset(IMAGES.reshape(30, 3, 2), np.arange(30))
    np.testing.assert_array_equal(x, IMAGES.reshape(30, 3, 2)[t])
