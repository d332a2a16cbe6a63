"""A body in chunks, without a length."""

from dataclasses import replace

from simulator.delivery.fault import Parameters
from simulator.outbound.raw import LENGTH, RawRequest


def damaged(request: RawRequest, parameters: Parameters) -> RawRequest:
    """Chunks of `bytes`, the last one shorter, then the end (RFC 9112, 7.1)."""
    size, body = parameters["bytes"], request.body
    pieces = [body[at : at + size] for at in range(0, len(body), size)]
    chunks = b"".join(b"%x\r\n%b\r\n" % (len(piece), piece) for piece in pieces)
    headers = tuple(header for header in request.headers if header[0].lower() != LENGTH)
    return replace(request, headers=(*headers, ("transfer-encoding", "chunked")), body=chunks + b"0\r\n\r\n")
