"""Sites, rivers and boundaries as geometry: distances as intervals, counties, coordinate systems, maps.

Needs the extra `geo`: `pip install 'ynpolicy[geo]'`.
"""
