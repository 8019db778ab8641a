"""What runs inside Argilla's server, by the server's own Python.

That environment holds the packages of `requirements.lock` and none of Gristmill's: `boot.py`
makes the package `curation` importable there by its folder. So nothing in here imports `data`
or a dependency of the workbench; the standard library, numpy and `argilla_server` are there.
What it uses of `argilla_server` is typed in the stubs beside it, because the workbench's own
environment does not have that package.
"""
