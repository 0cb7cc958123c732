"""Would the tests notice a wrong rule? One place of the rules is changed at a time, and the tests look.

Nothing is written: a mutant lives in a child process, which is forked after the tests have been collected once, takes
the changed code into its own memory and runs the tests that come by the changed lines until one of them fails. A mutant
that no test notices is a survivor: a case is missing, or the code does nothing there, or the change changes nothing.
The last are listed with the reason in tests/rules/equivalent.toml and left out.
"""
