"""One module per kind of source, named as what it reads; `base` says what a reader is.

`array_files`, `matlab`, `pickles` and `raw` read what several kinds of files have inside.
"""
