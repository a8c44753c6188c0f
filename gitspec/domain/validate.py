"""The rules of validation in the pure domain: on a living spec, on a delta, on a whole change."""

from gitspec.domain.validate_capability import Exists, capability_problems
from gitspec.domain.validate_change import ChangeVerdict, change_problems, change_verdict, cycle_problem
from gitspec.domain.validate_delta import delta_problems
from gitspec.domain.validate_problem import Problem

__all__ = [
    "ChangeVerdict",
    "Exists",
    "Problem",
    "capability_problems",
    "change_problems",
    "change_verdict",
    "cycle_problem",
    "delta_problems",
]
