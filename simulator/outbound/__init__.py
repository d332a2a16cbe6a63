"""The one way out: the gate judges every address, the transport sends bytes on purpose."""
