"""A network as an ONNX file, for the libraries that read such files."""

import warnings
from pathlib import Path

import torch

from segstudio.core.atomic import write_bytes
from segstudio.core.errors import SegStudioError
from segstudio.inference.backends.spec import BackendError, Job


def exported(job: Job) -> Path:
    """The job's file, written first where it is missing.

    Its shape is fixed: networks compute paddings and sizes from it in Python, and the libraries
    choose quicker kernels for it.

    Raises
    ------
    BackendError
        Where the network holds what ONNX has no words for, or the file cannot be written.
    """
    if job.file.is_file():
        return job.file
    try:
        write_bytes(job.file, _export(job))
    except (torch.onnx.errors.OnnxExporterError, ImportError, ValueError, RuntimeError) as error:
        reason = str(error).strip().partition("\n")[0]
        raise BackendError("network", f"cannot be exported to ONNX ({reason})") from error
    except SegStudioError as error:
        raise BackendError(error.subject, error.reason) from error
    return job.file


def _export(job: Job) -> bytes:
    with warnings.catch_warnings(), torch.no_grad():
        warnings.simplefilter("ignore")  # the exporter's remarks about its own parts
        program = torch.onnx.export(
            job.network, (torch.zeros(job.shape),), dynamo=True, verbose=False
        )
    assert program is not None
    data: bytes = program.model_proto.SerializeToString()
    return data
