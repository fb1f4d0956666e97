"""What the window knows apart from how it looks: the question being asked and its history.

May import QtCore, `ui.jobs`, `ui.bridge`, `engine.protocol` and `core`; no widgets.
"""
