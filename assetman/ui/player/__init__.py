"""Videos that play: the player, its timeline, its keys, in the inspector and in the large view.

Owns everything that happens between a video's file and the person watching it: opening the file
to be read and letting go of it, playing and stepping, marking seconds, the timeline lit where it
matches. May import PySide6, `engine.protocol`, `core` and the window's own `bridge`, `jobs`,
`theme` and controls; it knows nothing of the grid, which gives it pictures to paint. QtMultimedia
is imported when the first file is opened and never before, so that the window comes up as fast
without it, and works where its libraries are missing.
"""
