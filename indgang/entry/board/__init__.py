"""The board: the live state of callers and agents, and the consequences of each new input.

Pure: no Django, no clock, no I/O. It is told of reports from the exchanges, orders from people and the passing of
time, and answers with an `Outcome`: what to write down, and then what to order the exchanges to do. The process around
it (`entry.switchboard`) writes first and orders afterwards, so that nothing happens that was not written.

Who waits, who is free and who is offered what is decided by `routing.centre`, which knows no telephones. The modules
here carry calls: `call` what is known of one, `calls` all of them and the telephones, `carriers` what the centre asks
of them, `board` the door; the other modules each hold one part of a call's life.
"""
