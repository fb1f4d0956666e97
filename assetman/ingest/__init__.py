"""Disk to library: finds files, knows them again, takes out what can be searched, stores it.

Owns the stages scan, identify, extract, embed, store, publish and the pipeline that runs them.
May import core, library, media, embedding and vectors; knows nothing of search or windows.
"""
