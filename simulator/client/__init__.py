"""The control plane of a running simulator, typed."""
