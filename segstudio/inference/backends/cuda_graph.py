"""CUDA graphs: a forward pass recorded once, and replayed without its hundreds of launches."""

import torch
from torch import Tensor

from segstudio.inference.backends.spec import Forward

_WARM_UPS = 3


class CudaGraph:
    """One shape's forward pass as a graph.

    Its input, its output and all between them stay in memory while it lives: keep one, of the
    shape that comes again and again.

    Parameters
    ----------
    forward
        Launches kernels and nothing that waits for them.
    x
        An input on the device; its shape, type and memory format are the graph's.

    Raises
    ------
    RuntimeError
        Where the forward pass waits for the device, or memory runs out.
    """

    def __init__(self, forward: Forward, x: Tensor) -> None:
        self._input = x.clone()
        with torch.cuda.device(x.device):
            # Libraries choose kernels and take workspaces at first use, which none may record.
            stream = torch.cuda.Stream(x.device)  # type: ignore[no-untyped-call]
            stream.wait_stream(torch.cuda.current_stream())
            with torch.cuda.stream(stream):
                for _ in range(_WARM_UPS):
                    forward(self._input)
            torch.cuda.current_stream().wait_stream(stream)
            self._graph = torch.cuda.CUDAGraph()
            with torch.cuda.graph(self._graph):
                self._output = forward(self._input)

    def __call__(self, x: Tensor) -> Tensor:
        """Logits of an input of the recorded shape; the next call overwrites them."""
        self._input.copy_(x)
        self._graph.replay()
        return self._output
