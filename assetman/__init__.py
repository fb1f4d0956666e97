"""Assetman: a person's own pictures, video, sound and documents, searchable by meaning."""

__version__ = "0.5.0"
