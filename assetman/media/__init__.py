"""Files to pixels, facts, fingerprints and thumbnails.

Owns Pillow, pi-heif, rawpy and resvg: nothing else imports them. May import `core` alone, and
hands out plain values and numpy arrays, so that neither the catalogue nor the encoders know
how a file is read. Decoding people's files means running big C libraries over bytes nobody
vouches for: the work is done in processes of its own (`workers`), and `registry`, `workers`,
`thumbnails` and `fingerprint` load none of those libraries.
"""
