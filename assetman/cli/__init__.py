"""The commands: `assetman add`, `search`, `status` and the rest.

Owns what is typed and printed in a terminal. May import the engine, its client and the core;
whatever is heavy only when a command runs, so that `assetman --help` answers at once.
"""
