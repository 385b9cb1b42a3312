"""The shared page: its template, scripts and styles, and what they show."""
