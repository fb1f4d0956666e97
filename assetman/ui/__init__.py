"""The window: everything a person sees and touches.

Owns the only Qt in the house. May import PySide6, `engine.client`, `engine.protocol` and `core`;
it asks the engine and paints. No file is read, decoded or measured on the thread that paints:
whatever could wait goes through `jobs.Job`.
"""
