"""Phrases that the accepted paths share with the full reports, without their imports."""


def judged(commits: int) -> str:
    """``12 commits judged``."""
    return f"{commits} commit{'' if commits == 1 else 's'} judged"
