"""The model that a user holds: layers one after another, trained and asked as in Keras."""

import copy
import itertools
import os
import weakref
from collections.abc import Callable, Iterable, Sequence
from typing import TYPE_CHECKING, Any

import numpy as np

from badak import losses, optimizers, reference
from badak._common.interruption import Interruption
from badak._common.language import message
from badak._common.samples import as_array, check_pairs, check_samples
from badak._common.seeds import check_seed, default_seed
from badak._common.streams import is_stream
from badak._common.validation import as_list, check_whole
from badak.engine import check_engine
from badak.errors import InputError
from badak.layers import Input, Layer
from badak.layers.adapted import waits_for_data
from badak.layers.ensemble import every_layer, waiting
from badak.layers.parameters import Parameters
from badak.layers.passes import LayerPass, Mode
from badak.losses import Loss, check_targets
from badak.losses.objective import Objective, decide, fitting_loss, fitting_metrics, objective_of
from badak.metrics import resolution
from badak.network.inference import Answers, check_answers
from badak.network.single_units import check_single_units
from badak.network.stack import Stack
from badak.typing import Array, ArrayLike, Shape

if TYPE_CHECKING:
    from badak.diagnostics.attribution import Explanation
    from badak.diagnostics.gradient_check import GradientCheck
    from badak.diagnostics.inspection import Inspection
    from badak.diagnostics.trace import Trace
    from badak.training import History

PREDICT_BATCH = 1024  # samples that are asked at once: large enough to be quick, small in memory


class Sequential:
    """A network of layers, each taking the output of the one before it.

    Parameters
    ----------
    layers : iterable of Layer
        The layers, first to last; an :class:`~badak.Input` before them gives the input's shape.
    name : str, optional
        The network's name, "sequential" by default.
    seed : int, optional
        Sets the initial weights, the order of the samples and all noise; by default that of
        :func:`badak.utils.set_random_seed`, or 0.
    engine : {"compiled", "reference"}, optional
        "compiled" computes with compiled code, "reference" with NumPy as :mod:`badak.reference`
        reads; by default what the variable BADAK_ENGINE says, or "compiled".

    Raises
    ------
    InputError
        A layer does not fit the one before it, or the seed or the engine is none.

    Examples
    --------
    >>> from badak import Input, Sequential, layers
    >>> model = Sequential([Input((2,)), layers.Dense(3, "relu"), layers.Dense(1)])
    >>> model.predict(np.zeros((4, 2))).shape
    (4, 1)
    """

    def __init__(
        self,
        layers: Iterable[Layer] = (),
        *,
        name: str | None = None,
        seed: int | None = None,
        engine: str | None = None,
    ) -> None:
        self.name = name or "sequential"
        self.seed = default_seed() if seed is None else check_seed(seed)
        self.engine = check_engine(engine)
        self._answers = Answers(self)
        self._stack = Stack(self)
        self.class_names: list[str] | None = None
        self.preparation: dict[str, Any] = {}
        """What was done to pictures before the first layer; kept in the model's file."""
        self.stop_training = False
        self.history: History | None = None
        self._forget_training()
        self.optimizer = optimizers.get("rmsprop")
        self.loss: Loss | None = None
        self.metrics: list[Any] | None = None
        if isinstance(layers, Layer):
            raise InputError(
                message("Sequential takes a list of layers, [{layers!r}]", layers=layers)
            )
        self._stack.extend(layers)
        self._rebuild()

    def _forget_training(self) -> None:
        self.step = 0
        self.epoch = 0
        self._slots: dict[str, Array] | None = None

    # -- the layers

    def add(self, layer: Layer) -> None:
        """Put one more layer at the end; or, first of all, an Input, which only gives the shape.

        The training state (step, epoch, optimizer state) is reset; weights of other layers are
        kept.

        Parameters
        ----------
        layer : Layer
            A layer that is in no network yet.

        Raises
        ------
        InputError
            It does not fit the last layer, or is in a network.

        Examples
        --------
        >>> from badak import Input, Sequential, layers
        >>> model = Sequential([Input((2,))])
        >>> model.add(layers.Dense(3))
        >>> model.output_shape
        (3,)
        """
        self._stack.extend([layer])
        self._rebuild()

    def pop(self) -> Layer:
        """Take the last layer off.

        Returns
        -------
        Layer
            The layer, which may be put into another network.

        Raises
        ------
        InputError
            There is no layer.

        Examples
        --------
        >>> from badak import Input, Sequential, layers
        >>> model = Sequential([Input((2,)), layers.Dense(3), layers.Dense(1)])
        >>> model.pop().units, model.output_shape
        (1, (3,))
        """
        layer = self._stack.pop()
        self._rebuild()
        return layer

    def _rebuild(self) -> None:
        if self._stack.shapes:
            self.build(self._stack.shapes[0])

    @property
    def layers(self) -> list[Layer]:
        """The layers, the first one first; an Input is none of them."""
        return self._stack.layers

    @property
    def input_shape(self) -> Shape | None:
        """The shape of one sample, or None where neither Input nor data have told it yet."""
        return self._stack.shapes[0] if self._stack.shapes else None

    @property
    def output_shape(self) -> Shape:
        """The shape of one answer."""
        self._need_built()
        return self._stack.shapes[-1]

    @property
    def shapes(self) -> list[Shape]:
        """The shape of one sample before the first layer, and after each."""
        self._need_built()
        return list(self._stack.shapes)

    @property
    def built(self) -> bool:
        """Whether the weights exist, which they do once the input's shape is known."""
        return self._stack.parameters is not None

    def build(self, input_shape: Shape) -> None:
        """Make the weights for samples of this shape; those of layers that stay are kept.

        Parameters
        ----------
        input_shape : tuple of int
            The shape of one sample, without the batch axis.

        Raises
        ------
        InputError
            A layer does not take its input's shape.

        Examples
        --------
        >>> from badak import Sequential, layers
        >>> model = Sequential([layers.Dense(3)])
        >>> model.build((2,))
        >>> model.count_params()
        9
        """
        self._stack.build(input_shape, self.seed)
        self._answers.forget()
        self._forget_training()

    def forget_answers(self) -> None:
        """Drop what was compiled for the layers as they were; a layer that changes calls this."""
        self._answers.forget()

    def _need_built(self) -> Parameters:
        return self._stack.built_parameters()

    # -- the weights

    @property
    def parameters(self) -> Parameters:
        """All weights, in one flat float32 vector."""
        return self._need_built()

    def get_weights(self) -> list[Array]:
        """Return copies of all weights: layer by layer, the kernel before the bias.

        Returns
        -------
        list of ndarray
            float32 arrays, as :meth:`set_weights` takes them.

        Examples
        --------
        >>> from badak import Input, Sequential, layers
        >>> [w.shape for w in Sequential([Input((2,)), layers.Dense(3)]).get_weights()]
        [(2, 3), (3,)]
        """
        self._need_built()
        return [w for layer in self.layers for w in layer.get_weights()]

    def set_weights(self, weights: Sequence[ArrayLike]) -> None:
        """Set all weights; nothing is set where any of them does not fit.

        Parameters
        ----------
        weights : sequence of array_like
            In the order and with the shapes of :meth:`get_weights`.

        Raises
        ------
        InputError
            Their number or a shape is another one, or one holds NaN or infinity.

        Examples
        --------
        >>> from badak import Input, Sequential, layers
        >>> model = Sequential([Input((2,)), layers.Dense(1)])
        >>> model.set_weights([[[1.0], [2.0]], [0.5]])
        >>> model.predict([[1.0, 1.0]])
        array([[3.5]], dtype=float32)
        """
        self._need_built()
        self._stack.set_weights(weights)

    def count_params(self) -> int:
        """Return how many numbers the weights are.

        Returns
        -------
        int
            Trained and other weights together.

        Examples
        --------
        >>> from badak import Input, Sequential, layers
        >>> Sequential([Input((784,)), layers.Dense(10)]).count_params()
        7850
        """
        self._need_built()
        return sum(layer.count_params() for layer in self.layers)

    # -- training

    def compile(self, optimizer: Any = "rmsprop", loss: Any = None, metrics: Any = None) -> None:
        """Choose how to train; what is left out follows from the output layer.

        Parameters
        ----------
        optimizer : str, dict or Optimizer
            A name, a configuration or an object of :mod:`badak.optimizers`.
        loss : str, dict, Loss or None
            Likewise of :mod:`badak.losses`. None: mean squared error behind the identity, binary
            cross-entropy behind a sigmoid, cross-entropy behind softmax.
        metrics : list or None
            Names, functions (y_true, y_pred) or objects of :mod:`badak.metrics`. None with a loss:
            none;
            None without one: accuracy, or the mean absolute error.

        Raises
        ------
        InputError
            A name is not known, the loss does not fit the output layer, or a softmax is over one
            unit, which is always 1.

        Examples
        --------
        >>> from badak import Input, Sequential, layers
        >>> model = Sequential([Input((2,)), layers.Dense(3, "softmax")])
        >>> model.compile("adam", loss="sparse_categorical_crossentropy", metrics=["accuracy"])
        """
        self.optimizer = optimizers.get(optimizer)
        self.loss = None if loss is None else losses.get(loss)
        self.metrics = None if metrics is None and loss is None else as_list(metrics)
        if self.built:
            check_single_units(self.layers, self.shapes)
        if self.loss is not None and self.built:
            objective_of(self.loss, self.layers[-1].activation)
        self._forget_training()

    def fit(
        self,
        x: Any,
        y: Any = None,
        batch_size: int | None = None,
        epochs: int = 1,
        verbose: int | str = "auto",
        callbacks: Any = None,
        validation_split: float = 0.0,
        validation_data: Any = None,
        shuffle: bool = True,
        class_weight: Any = None,
        sample_weight: Any = None,
        initial_epoch: int = 0,
        steps_per_epoch: int | None = None,
        validation_steps: int | None = None,
        validation_batch_size: int | None = None,
        validation_freq: int = 1,
        checkpoint: str | os.PathLike[str] | None = None,
    ) -> "History":
        """Train on samples and targets. Names and defaults are those of Keras.

        Ctrl-C ends the training after the current batch, and the history says so; a second one
        interrupts at once. Where the process ignores Ctrl-C, training does too.

        Parameters
        ----------
        x : array_like (samples, *input_shape)
            Finite numbers: an array, a frame of pandas, Polars or PyArrow, a tensor of another
            library, a sparse matrix of SciPy. One axis will do for a network of one feature.
            Or what gives batches (x, y) or (x, y, sample_weight): a generator, a
            ``torch.utils.data.DataLoader``, a ``tf.data.Dataset``, Keras's ``PyDataset`` or
            another iterable. A few are in memory at a time; with metrics the outputs and targets of
            the epoch are too.
        y : array_like or None
            Targets as the loss takes them: (samples, units), one-hot or not, or labels (samples,).
            None where x gives batches.
        batch_size : int or None
            Samples a step; None is 32.
        epochs : int
            Passes over the samples.
        verbose : int or str
            0 is silent, 1 a progress bar, 2 a line an epoch; "auto" is 1 on a terminal or in a
            notebook, else 2.
        callbacks : list of Callback or None
            What watches and steers the training.
        validation_split : float
            The share of the samples, the last ones before any shuffling, that is held out.
        validation_data : tuple or None
            (x, y) or (x, y, sample_weight) to score after an epoch, or what gives batches of these.
        shuffle : bool
            Whether each epoch takes the samples in another order: of a ``PyDataset`` the batches,
            of others that give batches nothing.
        class_weight : dict, array_like, "balanced" or None
            What a sample of a class counts for: by class number, or in the classes' order.
            "balanced": all classes count alike, by scikit-learn's formula.
        sample_weight : array_like (samples,) or None
            What each sample counts for.
        initial_epoch : int
            The number of the first epoch.
        steps_per_epoch : int or None
            Batches an epoch takes of what gives them; the next epoch goes on from there, and what
            can begin anew does so at its end. None: all. A generator of several epochs needs it.
        validation_steps : int or None
            Likewise of validation data that give batches.
        validation_batch_size : int or None
            Samples that are scored at once.
        validation_freq : int
            Score the validation data every so many epochs.
        checkpoint : path or None
            A file that keeps the state of the run, written after an epoch, at most once a second.
            If it
            exists, training resumes from it and ends with bit-identical weights; `epochs` and the
            History
            include the epochs already done, and a finished run returns at once. Remove the file to
            begin
            from the start. To know the data again all of them are read once, a second for each
            gigabyte.

        Returns
        -------
        History
            Loss and metrics of each epoch, under ``history.history``.

        Raises
        ------
        InputError
            Data or settings do not fit, or the checkpoint is of another run. A batch that does not
            fit ends training when it is read.
        FileFormatError
            The checkpoint is damaged.
        DivergedError
            The loss is not finite; the model then holds the last good weights.

        Examples
        --------
        >>> from badak import Input, Sequential, layers
        >>> model = Sequential([Input((1,)), layers.Dense(1)])
        >>> model.compile("sgd", loss="mean_squared_error")
        >>> x, y = [[0.0], [1.0], [2.0]], [[1.0], [3.0], [5.0]]
        >>> history = model.fit(x, y, epochs=2, verbose=0)
        >>> len(history.history["loss"])
        2
        """
        with Interruption():  # already here: what training needs takes a while to load
            from badak.training import fit

            return fit(
                self,
                x,
                y,
                batch_size=batch_size,
                epochs=epochs,
                verbose=verbose,
                callbacks=callbacks,
                validation_split=validation_split,
                validation_data=validation_data,
                shuffle=shuffle,
                class_weight=class_weight,
                sample_weight=sample_weight,
                initial_epoch=initial_epoch,
                steps_per_epoch=steps_per_epoch,
                validation_steps=validation_steps,
                validation_batch_size=validation_batch_size,
                validation_freq=validation_freq,
                checkpoint=checkpoint,
            )

    def evaluate(
        self,
        x: Any,
        y: Any = None,
        batch_size: int | None = None,
        verbose: int | str = "auto",
        sample_weight: Any = None,
        steps: int | None = None,
        return_dict: bool = False,
        callbacks: Any = None,
    ) -> Any:
        """Score the network on samples and targets.

        Parameters
        ----------
        x : array_like (samples, *input_shape)
            The samples; or what gives batches, as :meth:`fit` takes it.
        y : array_like or None
            Targets, as :meth:`fit` takes them.
        batch_size : int or None
            Samples that are scored at once.
        verbose : int or str
            Taken for Keras's sake; nothing is printed.
        sample_weight : array_like (samples,) or None
            What each sample counts for.
        steps : int or None
            Batches to take of what gives them; None: all.
        return_dict : bool
            Return {"loss": ..., "accuracy": ...}.
        callbacks : list of Callback or None
            Their `on_test_...` methods are called.

        Returns
        -------
        float, list or dict
            The loss; [loss, metric, ...] where there are metrics.

        Raises
        ------
        InputError
            The data do not fit.

        Examples
        --------
        >>> from badak import Input, Sequential, layers
        >>> model = Sequential([Input((1,)), layers.Dense(1, use_bias=False)])
        >>> model.set_weights([[[2.0]]])
        >>> model.compile(loss="mean_squared_error")
        >>> model.evaluate([[1.0], [2.0]], [[2.0], [6.0]])
        2.0
        """
        from badak.training import evaluate

        scores = evaluate(self, x, y, batch_size, sample_weight, callbacks, steps)
        if return_dict:
            return scores
        values = list(scores.values())
        return values[0] if len(values) == 1 else values

    def adapt(self, x: Any) -> None:
        """Let the layers that learn from data as it is (Normalization, Whitening) do so, in order.

        :meth:`fit` does this by itself for those that have not.

        Parameters
        ----------
        x : array_like (samples, *input_shape)
            The samples; or what gives batches of them, as :meth:`fit` takes it, which is read once
            for each of the layers.

        Raises
        ------
        InputError
            The samples do not fit, or batches that are read once are needed twice.

        Examples
        --------
        >>> from badak import Input, Sequential, layers
        >>> model = Sequential([Input((1,)), layers.Normalization()])
        >>> model.adapt([[1.0], [3.0]])
        >>> model.predict([[2.0]])
        array([[0.]], dtype=float32)
        """
        if is_stream(x):
            from badak.training.stream import batches_for

            waiting = sum(map(waits_for_data, every_layer(self.layers)))
            self._adapt(batches_for(x, waiting, self._learned_from))
        else:
            self.adapt_layers(self._learned_from(x))

    def _learned_from(self, x: Any) -> Array:
        """Return samples that have been checked; the network is built for them if need be."""
        samples = check_samples(x, self.input_shape)
        if not self.built:
            self.build(samples.shape[1:])
        return samples

    def adapt_layers(self, samples: Array) -> None:
        """Let the layers that learn from data as it is do so.

        Parameters
        ----------
        samples : ndarray (samples, *input_shape)
            As :meth:`checked` returns them.
        """
        self._adapt(lambda: _batches(samples, PREDICT_BATCH))

    def _adapt(self, batches: Callable[[], Iterable[Array]]) -> None:
        """Let each layer that waits for data learn from batches, which are given anew for it."""
        for index, layer in enumerate(self.layers):
            for adapted, receive in waiting(layer):
                given = (receive(self._output_of_first(index, batch)) for batch in batches())
                first = next(given)
                moments = adapted.moments(first.shape[1:])
                for batch in itertools.chain([first], given):
                    moments.add(batch)
                adapted.finish(moments)

    # -- answers

    def predict(
        self,
        x: Any,
        batch_size: int | None = None,
        verbose: int | str = "auto",
        steps: int | None = None,
        callbacks: Any = None,
    ) -> Array:
        """Return the network's outputs.

        Parameters
        ----------
        x : array_like (samples, *input_shape)
            Finite numbers; or what gives batches of them, as :meth:`fit` takes it, whose targets
            are not needed.
        batch_size : int or None
            Samples at once where NumPy computes; the result does not depend on it.
        verbose : int or str
            Taken for Keras's sake; nothing is printed.
        steps : int or None
            Batches to take of what gives them; None: all.
        callbacks : list of Callback or None
            Their `on_predict_...` methods are called; the samples are then answered batch by batch.

        Returns
        -------
        ndarray (samples, *output_shape)
            float32.

        Raises
        ------
        InputError
            The samples do not fit, or hold NaN or infinity, or the answers do.

        Examples
        --------
        >>> from badak import Input, Sequential, layers
        >>> Sequential([Input((2,)), layers.Dense(3, "softmax")]).predict([[0.0, 0.0]]).round(3)
        array([[0.333, 0.333, 0.333]], dtype=float32)
        """
        batches = type(x) is not np.ndarray and is_stream(x)
        if batches or callbacks is not None or steps is not None:
            from badak.training.scores import predict

            answers = predict(self, x, batch_size, callbacks, steps)
            check_answers(answers)
            return answers
        return self._ask(x, batch_size)

    def __call__(self, x: ArrayLike, training: bool = False) -> Array:
        """Return the outputs, with dropout and the like at work if `training`."""
        return self.forward(x, training=training)[-1].z

    def classify(self, x: ArrayLike, batch_size: int | None = None) -> Array:
        """Return class numbers: the largest output, or whether the only one is over its middle.

        Parameters
        ----------
        x : array_like (samples, *input_shape)
            Finite numbers.
        batch_size : int or None
            Samples at once where NumPy computes.

        Returns
        -------
        ndarray (samples,)
            int64.

        Raises
        ------
        InputError
            The samples do not fit, the network's output is no class, or an answer is not finite.

        Examples
        --------
        >>> from badak import Input, Sequential, layers
        >>> model = Sequential([Input((2,)), layers.Dense(2, "softmax", use_bias=False)])
        >>> model.set_weights([np.eye(2)])
        >>> model.classify([[3.0, 1.0], [1.0, 3.0]])
        array([0, 1])
        """
        self._need_built()
        last_activation = not self._answers.last_activation_keeps_order
        values = self._ask(x, batch_size, last_activation=last_activation)
        return decide(self.layers[-1].activation, self.loss, values)

    def forward(self, x: ArrayLike, training: bool = False) -> list[LayerPass]:
        """Return what every layer made of x.

        Parameters
        ----------
        x : array_like (samples, *input_shape)
            Finite numbers.
        training : bool
            Whether dropout and the like are at work.

        Returns
        -------
        list of LayerPass
            Each layer's input `x`, pre-activation `a` and output `z`.

        Examples
        --------
        >>> from badak import Input, Sequential, layers
        >>> model = Sequential([Input((2,)), layers.Dense(3, "relu"), layers.Dense(1)])
        >>> [p.z.shape for p in model.forward([[1.0, 2.0]])]
        [(1, 3), (1, 1)]
        """
        mode = Mode(training, self.seed, self.step)
        samples = self.checked(x).astype(np.float32, copy=False)
        return reference.forward(self.layers, self.parameters.layers, samples, mode)

    def _ask(self, x: ArrayLike, batch_size: int | None, *, last_activation: bool = True) -> Array:
        size = PREDICT_BATCH if batch_size is None else check_whole(batch_size, "batch_size")
        quick = self._answers.quick(x, last_activation)
        if quick is not None:
            return quick
        answers = self.outputs(self.checked(x), size, last_activation=last_activation)
        check_answers(answers)
        return answers

    def outputs(
        self, samples: Array, batch_size: int = PREDICT_BATCH, *, last_activation: bool = True
    ) -> Array:
        """Return the outputs for checked samples, or the last layer's pre-activations.

        Parameters
        ----------
        samples : ndarray (samples, *input_shape)
            As :meth:`checked` returns them.
        batch_size : int
            Samples at once where NumPy computes.
        last_activation : bool
            Whether the last activation is applied.

        Returns
        -------
        ndarray (samples, *output_shape)
            float32.
        """
        predictor = self._answers.predictor(samples.dtype, last_activation)
        return predictor(samples, batch_size).reshape(len(samples), *self.output_shape)

    def _output_of_first(self, layers: int, batch: Array) -> Array:
        return reference.output(
            self.layers[:layers],
            self.parameters.layers[:layers],
            batch.astype(np.float32, copy=False),
        )

    def checked(self, x: ArrayLike) -> Array:
        """Return samples as the network takes them; it is built for them if need be.

        Parameters
        ----------
        x : array_like (samples, *input_shape)
            Finite numbers.

        Returns
        -------
        ndarray
            The samples, in a type that the engine takes.

        Raises
        ------
        InputError
            The samples do not fit, or hold NaN or infinity.
        """
        samples = check_samples(x, self.input_shape)
        if not self.built and self.layers:
            self.build(samples.shape[1:])
        self._need_built()
        self._stack.check_adapted()
        return samples

    # -- gradients

    def objective(self, t: ArrayLike) -> Objective:
        """Return the loss that is or would be trained, and where it is computed.

        Parameters
        ----------
        t : array_like
            Targets, as :meth:`fit` takes them; a loss that is not chosen follows from them.

        Returns
        -------
        Objective
            The loss, on outputs or on pre-activations.

        Raises
        ------
        InputError
            The output is not flat, or a softmax is over one unit.
        """
        if len(self.output_shape) != 1:
            raise InputError(
                message(
                    "the output is of shape {output_shape}: end with flat outputs",
                    output_shape=self.output_shape,
                )
            )
        check_single_units(self.layers, self.shapes)
        output = self.layers[-1].activation
        loss = self.loss or fitting_loss(output, self.output_shape[0], as_array(t, "y"))
        return objective_of(loss, output)

    def metrics_for(self, objective: Objective) -> list[Any]:
        """Return the metrics that are reported besides the loss.

        Parameters
        ----------
        objective : Objective
            The loss, which decides what "accuracy" means.

        Returns
        -------
        list of Metric
            Each has a name.
        """
        chosen = fitting_metrics(objective.loss) if self.metrics is None else self.metrics
        return [resolution.resolve(metric, objective, self.output_shape[0]) for metric in chosen]

    def gradients(self, x: ArrayLike, t: ArrayLike) -> list[Array]:
        """Return the loss's gradient in every trained array of weights, layer by layer.

        As in a training step on the one batch x, dropout and batch statistics included.

        Parameters
        ----------
        x : array_like (batch, *input_shape)
            The samples.
        t : array_like
            Targets, as :meth:`fit` takes them.

        Returns
        -------
        list of ndarray
            float32 arrays of the weights' shapes.

        Examples
        --------
        >>> from badak import Input, Sequential, layers
        >>> model = Sequential([Input((1,)), layers.Dense(1, use_bias=False)])
        >>> model.set_weights([[[2.0]]])
        >>> model.gradients([[3.0]], [[0.0]])  # d (2 * 3)^2 / dw = 2 * 6 * 3
        [array([[36.]], dtype=float32)]
        """
        samples, targets, objective = self.batch(x, t)
        found = reference.loss_and_gradients(
            self.layers,
            self.parameters,
            objective,
            samples.astype(np.float32, copy=False),
            targets,
            mode=Mode(True, self.seed, self.step),
        )
        return [
            segment.view(found.gradient).copy() for segment in self.parameters.trainable_segments
        ]

    def check_gradients(
        self, x: ArrayLike, t: ArrayLike, samples_per_array: int = 30
    ) -> "GradientCheck":
        """Compare backpropagation with central differences, both in float64, on the batch x.

        Parameters
        ----------
        x : array_like (batch, *input_shape)
            The samples.
        t : array_like
            Targets, as :meth:`fit` takes them.
        samples_per_array : int
            How many numbers of each array of weights are compared.

        Returns
        -------
        GradientCheck
            The largest relative error of each array; ``passed()`` judges them.

        Examples
        --------
        >>> from badak import Input, Sequential, layers
        >>> model = Sequential([Input((2,)), layers.Dense(3, "tanh"), layers.Dense(1)])
        >>> model.check_gradients([[1.0, 2.0]], [[0.5]]).passed()
        True
        """
        from badak.diagnostics.gradient_check import check_gradients

        samples, targets, objective = self.batch(x, t)
        return check_gradients(self, objective, samples, targets, samples_per_array)

    def batch(self, x: ArrayLike, t: ArrayLike) -> tuple[Array, Array, Objective]:
        """Return checked samples and targets, and the objective that they are trained with.

        Parameters
        ----------
        x : array_like (batch, *input_shape)
            The samples.
        t : array_like
            Targets, as :meth:`fit` takes them.

        Returns
        -------
        samples : ndarray
            As :meth:`checked` returns them.
        targets : ndarray
            As the loss takes them.
        objective : Objective
            The loss.

        Raises
        ------
        InputError
            Samples or targets do not fit the network.
        """
        samples, t = self.checked(x), as_array(t, "t")
        check_pairs(samples, t, "t")
        objective = self.objective(t)
        loss = objective.loss
        return samples, check_targets(t, loss.targets, self.output_shape[0], loss.name), objective

    # -- to look inside

    def trace(
        self,
        x: ArrayLike,
        t: ArrayLike | None = None,
        training: bool = False,
        dtype: str = "float32",
    ) -> "Trace":
        """Return every number of one forward pass and, with targets, one backward pass.

        Parameters
        ----------
        x : array_like (batch, *input_shape)
            The samples; all their numbers are kept in memory.
        t : array_like, optional
            Targets, as :meth:`fit` takes them; without them there are no gradients.
        training : bool, default False
            Whether dropout, noise and batch statistics work as in a step of training.
        dtype : {"float32", "float64"}
            The type to compute in; the weights are those of float32 in both.

        Returns
        -------
        Trace
            Pre-activations, outputs, slopes and gradients layer by layer; printed, a table.

        Raises
        ------
        InputError
            If samples or targets do not fit the network, or `dtype` is another one.

        Examples
        --------
        >>> from badak import Input, Sequential, layers
        >>> model = Sequential([Input((2,)), layers.Dense(1, use_bias=False)])
        >>> model.set_weights([[[2.0], [-1.0]]])
        >>> trace = model.trace([[1.0, 0.5]], [[1.0]])
        >>> trace.y, trace.loss, trace["dense"].gradient_at_a  # L = (y - t)^2
        (array([[1.5]], dtype=float32), 0.25, array([[1.]], dtype=float32))
        """
        from badak.diagnostics.trace import trace_model

        return trace_model(self, x, t, training, dtype)

    def inspect(
        self,
        x: ArrayLike,
        t: ArrayLike | None = None,
        training: bool = False,
        samples: int = 1000,
    ) -> "Inspection":
        """Return statistics of each layer, and a diagnosis of what keeps it from learning.

        Found are dead, saturated and constant units, inputs that are not scaled, vanishing and
        exploding gradients, NaN and infinity, and more.

        Parameters
        ----------
        x : array_like (batch, *input_shape)
            The samples.
        t : array_like, optional
            Targets, as :meth:`fit` takes them; without them gradients are not inspected.
        training : bool, default False
            Whether dropout, noise and batch statistics work as in a step of training.
        samples : int, default 1000
            How many samples are used at most, evenly spread over x.

        Returns
        -------
        Inspection
            Statistics and verdicts; printed, a table and a line for each verdict.

        Raises
        ------
        InputError
            If samples or targets do not fit the network.

        Examples
        --------
        >>> import numpy as np
        >>> from badak import Input, Sequential, layers
        >>> model = Sequential([Input((2,)), layers.Dense(4, "relu"), layers.Dense(1)])
        >>> model.layers[0].bias[...] = -100.0
        >>> model.inspect(np.random.default_rng(0).normal(size=(50, 2))).kinds()
        {'dead'}
        """
        from badak.diagnostics.inspection import inspect_model

        return inspect_model(self, x, t, training, samples)

    def explain(
        self,
        x: ArrayLike,
        target: int | str | None = None,
        against: int | str | None = None,
    ) -> "Explanation":
        """Return what each layer makes of one sample, and what each pixel adds to a class's logit.

        The network must end in badak's softmax, or in one unit of its sigmoid. Contributions are
        gradient times input, in float64.

        Parameters
        ----------
        x : array_like (*input_shape)
            One sample, or an image of as many pixels.
        target : int or str, optional
            The class that is explained, by number or name; the most probable without it.
        against : int or str, optional
            The class that it is compared with; the most probable other one without it.

        Returns
        -------
        Explanation
            Layers, probabilities, logits and contributions; printed, a table.

        Raises
        ------
        InputError
            If the network ends in something else, x is not one sample, there is no such class, or
            the weights are not finite.

        Examples
        --------
        >>> from badak import Input, Sequential, layers
        >>> model = Sequential([Input((2,)), layers.Dense(2, "softmax", use_bias=False)])
        >>> model.set_weights([[[3.0, 1.0], [-1.0, 2.0]]])
        >>> explained = model.explain([1.0, 0.5], target=1, against=0)
        >>> explained.contributions().pixels  # weight times pixel
        array([1., 1.])
        """
        from badak.diagnostics.attribution import explain_model

        return explain_model(self, x, target, against)

    def slots(self) -> dict[str, Array]:
        """Return the optimizer's memory, made when it is first needed."""
        if self._slots is None:
            self._slots = self.optimizer.make_slots(self.parameters.trainable)
        return self._slots

    def forget_slots(self) -> None:
        """Let the optimizer begin anew."""
        self._slots = None

    # -- to the eye and to disk

    def summary(self) -> None:
        """Print the layers with their shapes and numbers of weights.

        Examples
        --------
        >>> from badak import Input, Sequential, layers
        >>> Sequential([Input((2,)), layers.Dense(3)]).summary()  # doctest: +SKIP
        """
        from badak.network.summary import print_summary

        print_summary(self)

    def save(self, path: str | os.PathLike[str]) -> None:
        """Write weights, architecture and all that is needed to predict to a safetensors file.

        Parameters
        ----------
        path : path
            A file that ends in ``.safetensors``. It is written whole, or what was there stays.

        Raises
        ------
        InputError
            The ending is another one, there are no weights yet, or something cannot be written to a
            file.

        Examples
        --------
        >>> from badak import Input, Sequential, layers, load_model
        >>> model = Sequential([Input((2,)), layers.Dense(3)])
        >>> path = getfixture("tmp_path") / "model.safetensors"
        >>> model.save(path)
        >>> load_model(path).count_params()
        9
        """
        from badak.network.saving import save

        save(self, path)

    def __copy__(self) -> "Sequential":
        """Return a copy with weights of its own, as :func:`copy.deepcopy` does."""
        return copy.deepcopy(self)

    def __getstate__(self) -> dict[str, Any]:
        """Return what a copy or a pickle of the network keeps: all but its compiled programs."""
        state = {k: v for k, v in self.__dict__.items() if k not in ("_answers", "_stack")}
        parameters = self._stack.parameters
        state["vector"] = None if parameters is None else parameters.vector.copy()
        return state | {"layers": self._stack.layers, "shapes": self._stack.shapes}

    def __setstate__(self, state: dict[str, Any]) -> None:
        vector, layers, shapes = (state.pop(key) for key in ("vector", "layers", "shapes"))
        self.__dict__.update(state)
        self._answers = Answers(self)
        self._stack = Stack(self)
        self._stack.layers, self._stack.shapes = layers, shapes
        for layer in layers:
            layer.network = weakref.ref(self)
        if vector is not None:
            training = self.step, self.epoch, self._slots
            self.build(shapes[0])
            self.parameters.vector[...] = vector
            self.step, self.epoch, self._slots = training

    def _repr_html_(self) -> str | None:
        from badak.network.summary import summary_html

        return summary_html(self) if self.built and self.layers else None

    def __repr__(self) -> str:
        known = [] if self.input_shape is None else [Input(self.input_shape)]
        inside = ", ".join(repr(layer) for layer in [*known, *self.layers])
        return f"Sequential([{inside}])"


def _batches(samples: Array, size: int) -> Iterable[Array]:
    return (samples[start : start + size] for start in range(0, len(samples), size))
