"""Runs one step of a pipeline in a real Jupyter kernel, and passes values from step to step.

Two sides share this package. The *driver* (``python -m rok_steps``, see step.py) starts the kernel and talks to it. Inside
the kernel, the cells that Rok adds to a step call :func:`load`, :func:`save` and :func:`metrics`; that side runs on the
notebook's own Python (3.8 or later) and needs nothing but the standard library until a value asks for more.
"""

from rok_steps.values import load, metrics, save

__all__ = ["load", "metrics", "save"]
