"""The values every other part speaks in.

Owns the words: asset, root, segment, space, query, hit, change, progress, error.
May import the standard library and numpy, and nothing of ours, so that every process can
afford to import it.
"""
