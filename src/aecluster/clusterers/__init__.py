"""Ways to cluster vectors beside K-Means: one module per method, found by the name of its function.

A function is ``found(X, *, <keys>, k, seed)``: it takes no `k` if the method chooses the number of
clusters, and no `seed` if nothing is random. It returns a `Partition`.
"""
