"""Pixels and words to vectors: the encoders, the models on offer, the device they run on.

Owns everything that loads weights, and is the only home of torch, open_clip and
transformers, all of which are imported when first needed. May import core.
"""
