"""Sounds that are heard: played, drawn, marked, looped, in the grid, the inspector and large.

Owns everything between a sound's file and the person listening: the voices that are ready before
they are wanted, the outline that is drawn, what is marked and dragged out, the words that are
spoken. May import PySide6, `engine.protocol`, `core`, the player of videos, and the window's own
`bridge`, `jobs`, `theme` and controls; it knows nothing of the grid, which tells it what is
looked at. QtMultimedia is imported when the first sound is wanted and never before.
"""
