"""The layers of a network, by the names that Keras gives them."""

from badak.layers.activation import ELU, Activation, LeakyReLU, ReLU, Softmax, ThresholdedReLU
from badak.layers.base import Layer
from badak.layers.batch_normalization import BatchNormalization
from badak.layers.category_embedding import CategoryEmbedding
from badak.layers.dense import Dense
from badak.layers.dropout import Dropout
from badak.layers.ensemble import Ensemble
from badak.layers.feature_dense import FeatureDense
from badak.layers.feature_normalization import Normalization
from badak.layers.feature_scale import FeatureScale
from badak.layers.flatten import Flatten
from badak.layers.gaussian_noise import GaussianNoise
from badak.layers.input import Input
from badak.layers.layer_normalization import LayerNormalization
from badak.layers.periodic_embedding import PeriodicEmbedding
from badak.layers.piecewise_linear_encoding import PiecewiseLinearEncoding
from badak.layers.prelu import PReLU
from badak.layers.registry import LAYERS, from_config, register
from badak.layers.rescaling import Rescaling
from badak.layers.shared_ensemble import SharedEnsemble
from badak.layers.smooth_clip import SmoothClip
from badak.layers.whitening import Whitening

InputLayer = Input

__all__ = [
    "ELU",
    "LAYERS",
    "Activation",
    "BatchNormalization",
    "CategoryEmbedding",
    "Dense",
    "Dropout",
    "Ensemble",
    "FeatureDense",
    "FeatureScale",
    "Flatten",
    "GaussianNoise",
    "Input",
    "InputLayer",
    "Layer",
    "LayerNormalization",
    "LeakyReLU",
    "Normalization",
    "PReLU",
    "PeriodicEmbedding",
    "PiecewiseLinearEncoding",
    "ReLU",
    "Rescaling",
    "SharedEnsemble",
    "SmoothClip",
    "Softmax",
    "ThresholdedReLU",
    "Whitening",
    "from_config",
    "register",
]
