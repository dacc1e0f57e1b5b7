"""ONNX Runtime (https://onnxruntime.ai), part of the extra ``[cpu]``."""

from dataclasses import dataclass

import torch
from torch import Tensor

from segstudio.inference.backends.onnx_file import exported
from segstudio.inference.backends.spec import BackendError, Forward, Job, versions

_ERRORS_ONLY = 3


@dataclass(frozen=True, slots=True)
class OnnxRuntime:
    """Runs an ONNX file with batch normalisation folded into the convolutions."""

    name: str = "ONNX Runtime"

    def version(self) -> str:
        return versions("onnxruntime", "onnx", "onnxscript")

    def make(self, job: Job) -> Forward:
        import onnxruntime

        options = onnxruntime.SessionOptions()
        options.intra_op_num_threads = job.threads
        options.log_severity_level = _ERRORS_ONLY
        # Waiting threads would keep the processor from the window.
        options.add_session_config_entry("session.intra_op.allow_spinning", "0")
        path = exported(job)
        try:
            session = onnxruntime.InferenceSession(path, options, ["CPUExecutionProvider"])
        except Exception as error:  # its exceptions share no other base
            raise BackendError(path, f"is not read by ONNX Runtime ({error})") from error
        source = session.get_inputs()[0].name

        def forward(x: Tensor) -> Tensor:
            try:
                (logits,) = session.run(None, {source: x.numpy()})
            except Exception as error:  # as above
                raise BackendError("ONNX Runtime", f"failed ({error})") from error
            return torch.from_numpy(logits)

        return forward
