"""Many cases at once: tables read by a mapping of their columns, judged, and summed up."""
