"""Engines that judge a normalised case without the reference, so that comparing them with it proves something."""
