"""A running average of a network's weights, which scores better than the last weights alone."""

from collections.abc import Mapping

import torch
from torch import Tensor, nn

_DECAY = 0.999


class WeightAverage:
    """Exponential moving average over steps (Polyak & Juditsky 1992), warmed up.

    Early on the average forgets fast, as decay is at most (1 + t) / (10 + t) after t steps;
    otherwise a short run's average would still hold its random first weights.

    Attributes
    ----------
    state
        The averaged ``state_dict``; counters are copied, not averaged.
    """

    def __init__(self, network: nn.Module) -> None:
        self.state = {key: value.detach().clone() for key, value in network.state_dict().items()}
        self.updates = 0

    @torch.no_grad()
    def update(self, network: nn.Module) -> None:
        """Move towards the network's weights of this step."""
        decay = min(_DECAY, (1 + self.updates) / (10 + self.updates))
        self.updates += 1
        for key, value in network.state_dict().items():
            if value.is_floating_point():
                self.state[key].lerp_(value, 1.0 - decay)
            else:
                self.state[key].copy_(value)

    def restore(self, state: Mapping[str, Tensor], updates: int) -> None:
        """Take up an average that was saved."""
        for key, value in state.items():
            self.state[key].copy_(value)
        self.updates = updates

    def finite(self) -> bool:
        """Whether the average holds numbers only: no network with NaN may be kept."""
        return all(
            bool(torch.isfinite(value).all())
            for value in self.state.values()
            if value.is_floating_point()
        )
