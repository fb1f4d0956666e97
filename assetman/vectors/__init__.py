"""Vectors to neighbours: what is nearest to a question, in one embedding space.

Owns every nearest-neighbour index and the derived files they are kept in, all of which may be
deleted at any moment: the catalogue can make them again. May import the core, numpy and xxhash;
hnswlib, usearch and numkong are imported when first needed and nowhere else. Nothing above this
package knows which of them answers.
"""
