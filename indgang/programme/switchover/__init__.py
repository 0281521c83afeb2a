"""Switching a service to the contact centre: one dated action that can be rehearsed and taken back.

`change` and `findings` decide (pure). `parts` reads and writes what a switch changes; `carrying` carries it out.
"""
