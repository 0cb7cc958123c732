"""Published risk scores: pure functions of what is known and of the model's file. They refuse rather than guess.

Every coefficient, cut-point and valid range stands in chronic/protocols/scores. A model that is asked outside its range
or without an input it needs answers with the reason instead of a figure.
"""
