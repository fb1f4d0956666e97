"""Question to answer: parse, plan, retrieve, group, answer.

May import core, library, media, embedding and vectors; knows nothing of ingest or windows.
"""
