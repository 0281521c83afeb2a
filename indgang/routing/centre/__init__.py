"""The centre: work items of any kind, the people who take them, and the flows that lead them there. Pure.

Its inputs are arrivals, orders of people and time; its outputs are events, alerts and calls on its carriers. Ids,
chance and time come in from outside, and ties are broken by number: the same input gives the same output, live, in a
try-out and in a simulation.
"""
