"""Every picture, drawn from records and stores to a PNG file: one module per picture.

Each function is pure: the same arrays give the same file. None needs TensorFlow, MLflow or a
display. Pictures have twice a screen's resolution, colours that colour-blind readers tell apart
(Okabe and Ito, https://jfly.uni-koeln.de/color/), and appear whole or not at all. `registry` says
what each picture is called and what it is of; `canvas` and `mosaic` are what they share.
"""
