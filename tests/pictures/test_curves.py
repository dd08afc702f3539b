import numpy as np
import pytest
from matplotlib.colors import rgb_to_hsv, to_rgb

from badak import Input, Sequential
from badak.callbacks import CSVLogger
from badak.errors import FileFormatError, InputError
from badak.layers import Dense
from badak.pictures import history
from badak.training import History

RUN = {"loss": [0.9, 0.5, 0.3], "val_loss": [0.8, 0.4, 0.6]}


def panels(figure):
    return figure.axes[0].child_axes or figure.axes


def legend(ax):
    return [text.get_text() for text in ax.get_legend().get_texts()]


def test_the_lines_are_the_values_of_the_epochs_counted_from_one():
    (ax,) = panels(history(RUN))
    training, validation, best = ax.lines
    np.testing.assert_array_equal(training.get_xdata(), [1, 2, 3])
    np.testing.assert_array_equal(training.get_ydata(), RUN["loss"])
    np.testing.assert_array_equal(validation.get_ydata(), RUN["val_loss"])
    assert best.get_xydata().tolist() == [[2.0, 0.4]]
    assert legend(ax) == ["training", "validation", "best: 0.4 (epoch 2)"]


def test_training_and_validation_are_of_one_colour_family():
    training, validation, _ = panels(history(RUN))[0].lines
    hues = [rgb_to_hsv(to_rgb(line.get_color()))[0] for line in (training, validation)]
    assert hues[0] == pytest.approx(hues[1], abs=0.02)
    assert (training.get_linestyle(), validation.get_linestyle()) == ("-", "--")


def test_each_metric_has_a_panel_the_loss_first_and_the_learning_rate_last():
    run = {"learning_rate": [0.1] * 3, "accuracy": [0.5, 0.7, 0.6], **RUN}
    loss, accuracy, rate = panels(history(run))[:3]
    assert [ax.get_ylabel() for ax in (loss, accuracy, rate)] == [
        *("loss", "accuracy", "learning_rate"),
    ]
    assert legend(accuracy)[-1] == "best: 0.7 (epoch 2)"  # of what rises, the highest
    assert legend(rate) == ["training"]
    assert not panels(history(run))[3].get_visible()


def test_of_a_value_that_only_its_maker_knows_no_epoch_is_the_best():
    assert legend(panels(history({"my_own": [3.0, 1.0, 2.0]}))[0]) == ["training"]


@pytest.mark.parametrize(
    ("values", "scale"),
    [([1.0, 0.1, 0.009], "log"), ([1.0, 0.5], "linear"), ([1.0, 0.0], "linear")],
)
def test_what_spans_decades_is_on_a_logarithmic_scale(values, scale):
    assert panels(history({"loss": values}))[0].get_yscale() == scale


def test_an_accuracy_never_is():
    assert panels(history({"accuracy": [0.001, 0.9]}))[0].get_yscale() == "linear"


def test_a_run_of_one_epoch_is_seen():
    figure = history({"loss": [0.5], "val_loss": [0.6]})
    training, validation, _ = figure.axes[0].lines
    assert training.get_marker() == validation.get_marker() == "o"


def test_where_the_loss_was_no_number_there_is_none():
    training, _ = panels(history({"loss": [1.0, np.nan, 0.5]}))[0].lines
    np.testing.assert_array_equal(training.get_xdata(), [1, 3])


def test_validation_of_every_second_epoch_stands_at_those():
    run = History(epoch=[0, 1, 2, 3, 4], history={"loss": [5, 4, 3, 2, 1], "val_loss": [9, 7]})
    validation = panels(history(run))[0].lines[1]
    np.testing.assert_array_equal(validation.get_xdata(), [2, 4])


def test_a_run_a_model_and_a_csv_file_of_it_give_the_same_picture(tmp_path):
    x = np.random.default_rng(0).normal(size=(40, 2))
    model = Sequential([Input((2,)), Dense(1)], engine="reference")
    path = tmp_path / "log.csv"
    run = model.fit(
        *(x, x[:, :1]),
        epochs=4,
        verbose=0,
        validation_split=0.25,
        callbacks=[CSVLogger(path)],
    )
    for source in (run, model, run.history, path, str(path)):
        lines = panels(history(source))[0].lines
        np.testing.assert_allclose(lines[0].get_ydata(), run.history["loss"], rtol=1e-12)
        np.testing.assert_array_equal(lines[1].get_xdata(), [1, 2, 3, 4])


def test_a_csv_file_with_another_separator_or_of_several_runs_is_read(tmp_path):
    path = tmp_path / "log.csv"
    path.write_text("epoch;loss;val_loss\n0;0.9;\n1;0.8;0.85\n0;0.7;\n1;0.6;0.65\n")
    training, validation, _ = panels(history(path))[0].lines
    np.testing.assert_array_equal(training.get_xdata(), [1, 2, 3, 4])
    np.testing.assert_array_equal(validation.get_xydata(), [[2, 0.85], [4, 0.65]])


@pytest.mark.parametrize(
    "content",
    [b"", b"loss\n1.0\n", b"epoch,loss\n0,1.0,2.0\n", b"epoch,loss\n0,abc\n", b"\xff\xfe\x00"],
)
def test_a_file_that_is_no_history_is_refused(tmp_path, content):
    path = tmp_path / "log.csv"
    path.write_bytes(content)
    with pytest.raises(FileFormatError, match=r"log\.csv"):
        history(path)


@pytest.mark.parametrize(
    "run",
    [
        {},
        {"loss": []},
        {"loss": [np.nan]},
        {"loss": [[1.0]]},
        {"loss": ["a"]},
        {"loss": [1.0, 2.0, 3.0], "val_loss": [1.0, 2.0]},
        History(),
        Sequential([Input((2,)), Dense(1)]),
        42,
    ],
)
def test_what_holds_no_run_is_refused(run):
    with pytest.raises(InputError):
        history(run)


def test_a_csv_file_without_an_epoch_yet_is_refused(tmp_path):
    (tmp_path / "log.csv").write_text("epoch,loss\n")
    with pytest.raises(InputError, match="no epoch yet"):
        history(tmp_path / "log.csv")


def test_many_values_find_room(check_legible):
    names = ("loss", "accuracy", "mean_absolute_percentage_error", "learning_rate", "mine")
    run = {n: 0.7 ** np.arange(1, 101) for n in names}
    run |= {f"val_{name}": 2.0 * values for name, values in run.items()}
    check_legible(history(run, language="ko"))


def test_values_of_some_epochs_stand_at_those_that_the_run_knows():
    run = History()
    for epoch in range(5):
        run.add(epoch, {"loss": 5.0 - epoch, **({"val_loss": 9.0} if epoch in (0, 3) else {})})
    validation = panels(history(run))[0].lines[1]
    np.testing.assert_array_equal(validation.get_xdata(), [1, 4])


@pytest.mark.parametrize(("name", "word"), [("loss", "최저"), ("accuracy", "최고")])
def test_the_best_is_called_lowest_or_highest_in_korean(name, word):
    figure = history({name: [0.3, 0.2], f"val_{name}": [0.4, 0.3]}, language="ko")
    assert legend(figure.axes[0])[-1].startswith(f"{word}: ")
