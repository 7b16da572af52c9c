"""The scenarios that come with the product: data only, one folder an industry.

A file's id is its path here without the ending ("electronics/smt-v1"). It ends in a version: a
change that alters results gets the next number, and the old file stays.
"""
