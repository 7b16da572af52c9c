"""Solutions broken on purpose: each must fail exactly the tests that its table names.

python -m examples.mutants gateway drops-samples      with the environment of the judge
"""
