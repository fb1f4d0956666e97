"""A workspace as a process of its own, and how to talk to it.

Owns the wire protocol and the engine's life. May import the workspace and what is below it;
the window and the commands see only `protocol` and `client`.
"""
