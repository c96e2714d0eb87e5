"""The process that serves the subscribers of one publisher, so that none of them can harm the one that steps.

It imports ZeroMQ and little else, because it is started while an emulator is being stepped. See docs/publication.md.
"""
