"""Files that are the same thing, as the window shows them: groups, copies, two side by side.

Owns the dialog in which a person looks at copies, compares two and says which is kept. May import
PySide6, `engine.protocol`, `core`, the window's own bridge, jobs, controls and undo, and from the
grid what keeps cards and thumbnails. What is a copy of what, and what becomes of it, the engine says.
"""
