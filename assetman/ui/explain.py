"""Saying why there is nothing to see, and what can be done about it."""

from __future__ import annotations

from collections.abc import Callable

from assetman.ui.content import ContentArea
from assetman.ui.controller.library_watch import LibraryWatch
from assetman.ui.controller.search_session import SearchSession


def explain_nothing(
    content: ContentArea,
    session: SearchSession,
    watch: LibraryWatch,
    add_folder: Callable[[], object],
) -> None:
    """Put a sentence where the pictures would be."""
    if session.state.missing and not session.state.asks and len(session.state.chips) == 1:
        content.line.show_nothing()
        content.show_sentence(
            "No file is missing.", "Show all", lambda: session.go(session.state.without_filters())
        )
    elif session.state.asks or session.state.filtered:
        content.show_sentence(_no_matches(session, watch))
    elif watch.status is None:
        return  # nobody knows yet
    elif watch.empty:
        content.line.show_nothing()
        content.show_sentence(
            "Add a folder of pictures, videos or sounds, and find them by what they show or sound like.",
            "Add a folder…",
            add_folder,
            note="The built-in models are used; better ones can be chosen.",
            reason=watch.no_adding,
        )
    elif watch.working:
        content.line.show_nothing()
        content.show_sentence(
            "Looking for pictures, videos and sounds. They appear here as they are found."
        )
    else:
        content.line.show_nothing()
        content.show_sentence(
            "There are no pictures, videos or sounds in your folders yet.",
            "Add a folder…",
            add_folder,
            reason=watch.no_adding,
        )


def _no_matches(session: SearchSession, watch: LibraryWatch) -> str:
    results = session.results
    if results is not None and results.elsewhere:
        return "What matches is not where you are searching."
    if watch.working:
        return "Nothing yet. More comes as files are read."
    if session.state.asks:
        return "Nothing found. Try other words, or fewer."
    if len(session.state.chips) > 1:
        return "Nothing here matches all of this. Take a filter away with its ×."
    return "There is nothing here."
