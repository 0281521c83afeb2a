"""The simulation twin: a centre in the computer, decided by the same distributor as the live one. Pure.

`scenario` says what a simulated centre is; `simulation.run` plays it several times; `result` holds what came out.
`draws` makes all random times beforehand, by seed, so that two scenarios can share them. `direct` is the loop.
docs/algorithms/simulation.md explains the model, with the numbers of the tests.
"""

from indgang.core import compiled

compiled.use()
