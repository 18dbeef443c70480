"""canary: answers what it is asked. `ready` lies after a stub has died; an answer does not."""

from typing import Any

import triton_python_backend_utils as pb_utils


class TritonPythonModel:
    def execute(self, requests: list[Any]) -> None:
        for request in requests:
            sender = request.get_response_sender()
            ping = pb_utils.get_input_tensor_by_name(request, "PING")
            if ping is None:
                response = pb_utils.InferenceResponse(
                    [], pb_utils.TritonError("BAD_INPUT: PING is missing")
                )
            else:
                response = pb_utils.InferenceResponse([pb_utils.Tensor("PONG", ping.as_numpy())])
            sender.send(response, flags=pb_utils.TRITONSERVER_RESPONSE_COMPLETE_FINAL)
