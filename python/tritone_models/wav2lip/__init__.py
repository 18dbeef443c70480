"""Wav2Lip (arXiv:2008.10010), our own implementation of the published network."""
