"""Git-native specs: living requirements, changes, and archives that Git itself can prove."""

__version__ = "0.1.0"
