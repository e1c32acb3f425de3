"""What applications import: the generated gRPC stubs (`groundwire.v1`) and a thin client.

import groundwire
from groundwire.v1 import guard_pb2

with groundwire.connect("127.0.0.1:50051") as client:
    verdict = client.guard.Validate(guard_pb2.ValidateRequest(answer="..."), timeout=10)
"""

from groundwire.client import Client, connect

__all__ = ["Client", "connect"]
