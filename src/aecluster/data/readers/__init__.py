"""One module per source of images, and what several of them share."""
