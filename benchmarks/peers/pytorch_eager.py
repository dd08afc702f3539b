"""PyTorch, eager: whole tensors, indexed by a permutation; fused optimizers; no data loader."""

from itertools import pairwise

import numpy as np
import torch
from torch import nn

from benchmarks.works import Work

ACTIVATIONS = {"relu": nn.ReLU, "sigmoid": nn.Sigmoid}


class Peer:
    def __init__(self, work: Work, threads: int) -> None:
        torch.set_num_threads(threads)
        self.batch = work.batch
        stack: list[nn.Module] = []
        for inputs, units in pairwise(work.widths):
            stack += [nn.Linear(inputs, units), ACTIVATIONS[work.activation]()]
        self.model = nn.Sequential(*stack[:-1])  # the loss takes the sums before softmax
        linear = [layer for layer in stack if isinstance(layer, nn.Linear)]
        with torch.no_grad():
            for layer, (kernel, bias) in zip(linear, work.initial_weights(), strict=True):
                layer.weight.copy_(torch.from_numpy(kernel.T))
                layer.bias.copy_(torch.from_numpy(bias))
        self.optimizer = self._make_optimizer(work)
        self.schedule = None
        if work.decay_steps:
            self.schedule = torch.optim.lr_scheduler.LinearLR(
                self.optimizer, 1.0, 0.0, work.decay_steps
            )
        self.loss = nn.CrossEntropyLoss()

    def _make_optimizer(self, work: Work) -> torch.optim.Optimizer:
        weights, rate = self.model.parameters(), work.learning_rate
        if work.optimizer == "sgd":
            return torch.optim.SGD(weights, lr=rate, fused=True)
        return torch.optim.Adam(weights, lr=rate, eps=1e-7, fused=True)

    def load(self, x: np.ndarray, y: np.ndarray) -> None:
        self.x, self.y = torch.from_numpy(x), torch.from_numpy(y)

    def fit(self, epochs: int) -> float:
        for _ in range(epochs):
            loss = self._epoch()
        return loss

    def _epoch(self) -> float:
        order = torch.randperm(len(self.x))
        total = torch.zeros(())
        for chosen in torch.split(order, self.batch):
            self.optimizer.zero_grad(set_to_none=True)
            x, y = self.x.index_select(0, chosen), self.y.index_select(0, chosen)
            loss = self.loss(self.model(x), y)
            loss.backward()
            self.optimizer.step()
            if self.schedule is not None:
                self.schedule.step()
            total += loss.detach() * len(chosen)
        return float(total) / len(self.x)

    def native(self, x: np.ndarray) -> torch.Tensor:
        return torch.from_numpy(x)

    def predict(self, x: torch.Tensor) -> torch.Tensor:
        with torch.inference_mode():
            return torch.softmax(self.model(x), dim=1)
