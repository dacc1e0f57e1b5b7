"""OpenVINO (https://docs.openvino.ai), part of the extra ``[cpu]``."""

from dataclasses import dataclass

import torch
from torch import Tensor

from segstudio.inference.backends.onnx_file import exported
from segstudio.inference.backends.spec import BackendError, Forward, Job, versions


@dataclass(frozen=True, slots=True)
class OpenVino:
    """Compiles an ONNX file for this very CPU; in bfloat16 where it has instructions for that."""

    name: str = "OpenVINO"
    half: bool = False

    def version(self) -> str:
        if self.half and not _multiplies_bfloat16():
            return ""
        return versions("openvino", "onnx", "onnxscript")

    def make(self, job: Job) -> Forward:
        import openvino

        path = exported(job)
        settings = {
            "PERFORMANCE_HINT": "LATENCY",
            "INFERENCE_NUM_THREADS": job.threads,
            "INFERENCE_PRECISION_HINT": "bf16" if self.half else "f32",
        }
        try:
            compiled = openvino.Core().compile_model(path, "CPU", settings)
        except RuntimeError as error:
            raise BackendError(path, f"is not read by OpenVINO ({error})") from error
        request = compiled.create_infer_request()

        def forward(x: Tensor) -> Tensor:
            try:
                answer = request.infer({0: x.numpy()}, share_inputs=True, share_outputs=True)
            except RuntimeError as error:
                raise BackendError("OpenVINO", f"failed ({error})") from error
            return torch.from_numpy(answer[0])

        return forward


def _multiplies_bfloat16() -> bool:
    return torch.cpu._is_amx_tile_supported() or torch.cpu._is_avx512_bf16_supported()
